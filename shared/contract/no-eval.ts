// Imported before any schema is made: zod would compile each when it is first used, which the page's CSP refuses and reports,
// and which costs a function's first answers more than it ever saves.
import * as z from "zod";

z.config({ jitless: true });

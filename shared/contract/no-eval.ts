// Imported before any schema is made: zod would compile each when it is first used, which the page's CSP refuses and reports,
// and which costs a program that has just started more than it ever saves.
import * as z from "zod";

z.config({ jitless: true });

// Before any schema is made: zod would try whether it may compile code, which the page's CSP refuses and reports.
import * as z from "zod";

z.config({ jitless: true });

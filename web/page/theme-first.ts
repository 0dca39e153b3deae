// Runs before anything is painted, so that a dark page does not begin white: a script of its own, first in the body.
import { applyTheme, readTheme } from "./theme.ts";

applyTheme(readTheme());

// Zod tries to compile schemas, which the page's CSP refuses and reports: whatever module makes schemas first loads the setting
// against it. Not loaded by the page's beginning, which needs no schema.
import type { Plugin } from "vite";

/** A Vite plugin. `setting`: the module that tells zod not to compile. */
export function schemasWithoutEval(setting: string): Plugin {
  return {
    name: "headgate:schemas-without-eval",
    enforce: "pre",
    transform(code, id) {
      if (id.includes("/node_modules/") || id === setting || !/from\s+["']zod["']/.test(code)) return null;
      return { code: `import ${JSON.stringify(setting)};${code}`, map: null };
    },
  };
}

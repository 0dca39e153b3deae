// Cloudscape's global styles carry their fonts as base64, 132 kB for everybody: made files here, loaded where they are used.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Plugin } from "vite";

const stylesheet = /@cloudscape-design\/global-styles\/index\.css$/;
const inlined = /url\('data:font\/woff2;base64,([A-Za-z0-9+/=]+)'\)/g;

/** A Vite plugin. `cache`: a folder where the fonts may lie as files while the page is built. */
export function cloudscapeFonts(cache: string): Plugin {
  return {
    name: "headgate:cloudscape-fonts",
    enforce: "pre",
    load(id) {
      const file = id.split("?")[0] ?? id;
      if (!stylesheet.test(file.replaceAll("\\", "/"))) return null;
      const css = readFileSync(file, "utf8");
      mkdirSync(cache, { recursive: true });
      let found = 0;
      const separate = css.replace(inlined, (_, base64: string) => {
        found += 1;
        const font = path.relative(path.dirname(file), fileOf(cache, base64)).replaceAll("\\", "/");
        return `url('${font}')`;
      });
      if (found === 0 || separate.includes("base64")) throw new Error(`${file} does not hold its fonts as expected`);
      return separate.replaceAll("@font-face {", "@font-face {\n  font-display: swap;");
    },
  };
}

function fileOf(cache: string, base64: string): string {
  const bytes = Buffer.from(base64, "base64");
  const file = path.join(cache, `open-sans-${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}.woff2`);
  if (existsSync(file)) return file;
  // two builds may run beside each other: whole or not there
  writeFileSync(`${file}.${process.pid}`, bytes);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}

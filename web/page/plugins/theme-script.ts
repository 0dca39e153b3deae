// Puts the script that decides between light and dark first into the body: small, hashed, and run before anything is painted.
import { createHash } from "node:crypto";
import { build } from "esbuild";
import type { Plugin } from "vite";

/** A Vite plugin. `entry`: the script's source, which may import. */
export function themeScript(entry: string): Plugin {
  let source = "";
  let fileName = "";
  return {
    name: "headgate:theme-script",
    apply: "build",
    async buildStart() {
      const { outputFiles } = await build({
        entryPoints: [entry],
        bundle: true,
        minify: true,
        format: "iife",
        target: "es2022",
        write: false,
      });
      source = outputFiles[0]?.text ?? "";
      fileName = `assets/theme-${createHash("sha256").update(source).digest("hex").slice(0, 8)}.js`;
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName, source });
    },
    transformIndexHtml: () => [{ tag: "script", attrs: { src: `/${fileName}` }, injectTo: "body-prepend" }],
  };
}

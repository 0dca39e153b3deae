// Builds the page into build/page: hashed assets beside one document, nothing inline (the page's CSP allows no inline script).
import path from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { cloudscapeFonts } from "./plugins/cloudscape-fonts.ts";
import { schemasWithoutEval } from "./plugins/schemas-without-eval.ts";
import { themeScript } from "./plugins/theme-script.ts";

const root = path.resolve(import.meta.dirname, "../..");

export default defineConfig({
  root: import.meta.dirname,
  plugins: [
    react(),
    cloudscapeFonts(path.join(root, "node_modules/.cache/headgate-fonts")),
    schemasWithoutEval(path.join(root, "shared/contract/no-eval.ts")),
    themeScript(path.join(import.meta.dirname, "theme-first.ts")),
  ],
  resolve: {
    alias: {
      // the package of that name is built apart and names other variables than the components' styles do
      "@cloudscape-design/design-tokens": path.join(
        root,
        "node_modules/@cloudscape-design/components/internal/generated/styles/tokens.js",
      ),
    },
  },
  build: {
    outDir: path.join(root, "build/page"),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: "es2022",
    // light-dark() stays as it is: rewritten for older browsers it would heed a style sheet's color-scheme only, not ours
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    sourcemap: false,
  },
});

// Where the page begins.
import "@cloudscape-design/global-styles/index.css";
import "./page.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { nameTokens } from "./tokens.ts";

const root = document.getElementById("page");
if (!root) throw new Error("the document has no element #page");
nameTokens();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

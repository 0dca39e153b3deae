// Where the page begins.
import "../../shared/contract/no-eval.ts";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import "./colours.css";
import "./page.css";
import "./tables.css";

const root = document.getElementById("page");
if (!root) throw new Error("the document has no element #page");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);

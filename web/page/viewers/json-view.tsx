// JSON as a tree that opens where one wants to look.
import Button from "@cloudscape-design/components/button";
import { useState } from "react";
import "./viewers.css";

/** So many entries of a list or an object are shown before one asks for more. */
const entriesAtOnce = 100;

export function JsonView({ value, name }: { value: unknown; name: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className="viewer-scroll" tabIndex={0} aria-label={`Contents of ${name}`}>
      <ul className="json-tree">
        <Entry name={undefined} value={value} open />
      </ul>
    </section>
  );
}

function Entry({ name, value, open = false }: { name: string | undefined; value: unknown; open?: boolean }) {
  const [opened, setOpened] = useState(open);
  const [shown, setShown] = useState(entriesAtOnce);
  const label = name === undefined ? null : <span className="json-name">{name}: </span>;
  if (typeof value !== "object" || value === null)
    return (
      <li className="json-leaf">
        {label}
        <span className={typeof value === "string" ? "json-text" : "json-value"}>{JSON.stringify(value)}</span>
      </li>
    );
  const list = Array.isArray(value);
  // keys of an object are few or are asked for once; entries are taken only as far as shown
  const keys = list ? undefined : Object.keys(value);
  const size = list ? value.length : (keys?.length ?? 0);
  if (size === 0)
    return (
      <li className="json-leaf">
        {label}
        <span className="json-count">{list ? "[]" : "{}"}</span>
      </li>
    );
  const count = `${size.toLocaleString("en")} ${list ? (size === 1 ? "item" : "items") : size === 1 ? "entry" : "entries"}`;
  return (
    <li>
      <button type="button" className="json-toggle" aria-expanded={opened} onClick={() => setOpened(!opened)}>
        {label}
        <span className="json-count">
          {list ? "[" : "{"}
          {count}
          {list ? "]" : "}"}
        </span>
      </button>
      {opened && (
        <ul>
          {Array.from({ length: Math.min(size, shown) }, (_, index) => {
            const key = keys?.[index] ?? String(index);
            return <Entry key={key} name={key} value={(value as Record<string, unknown>)[key]} />;
          })}
          {size > shown && (
            <li>
              <Button variant="inline-link" onClick={() => setShown(shown + 10 * entriesAtOnce)}>
                Show more of {count}
              </Button>
            </li>
          )}
        </ul>
      )}
    </li>
  );
}

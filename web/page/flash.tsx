// Messages at the top of the page: what was done, what went wrong; anything may show one.
import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from "react";

type Flash = {
  type: FlashbarProps.Type;
  header?: ReactNode;
  content?: ReactNode;
  action?: ReactNode;
  /** Shown in place of what has the same id. */
  id?: string;
};
type Flashes = { show: (flash: Flash) => string; hide: (id: string) => void };

const FlashContext = createContext<Flashes | undefined>(undefined);
const ShownContext = createContext<readonly FlashbarProps.MessageDefinition[]>([]);

/** How long the news of a success stays (ms): long enough to be read twice. */
const successMs = 12_000;

/** `show` puts a message at the top of the page and returns its id; `hide` takes it away. */
export function useFlash(): Flashes {
  const flashes = useContext(FlashContext);
  if (!flashes) throw new Error("messages can be shown within the page's frame only");
  return flashes;
}

/** What is shown now, as Flashbar takes it. */
export function useShownFlashes(): readonly FlashbarProps.MessageDefinition[] {
  return useContext(ShownContext);
}

export function FlashProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<readonly FlashbarProps.MessageDefinition[]>([]);
  const count = useRef(0);
  const hide = useCallback((id: string) => setItems((old) => old.filter((item) => item.id !== id)), []);
  const show = useCallback(
    ({ id: wanted, ...flash }: Flash) => {
      count.current += 1;
      const id = wanted ?? `flash-${count.current}`;
      const item = {
        ...flash,
        id,
        loading: flash.type === "in-progress",
        dismissible: flash.type !== "in-progress",
        dismissLabel: "Dismiss this message",
        onDismiss: () => hide(id),
      } satisfies FlashbarProps.MessageDefinition;
      setItems((old) => [item, ...old.filter((one) => one.id !== id)]);
      if (flash.type === "success") setTimeout(() => setItems((old) => old.filter((one) => one !== item)), successMs);
      return id;
    },
    [hide],
  );
  const flashes = useMemo(() => ({ show, hide }), [show, hide]);
  return (
    <FlashContext value={flashes}>
      <ShownContext value={items}>{children}</ShownContext>
    </FlashContext>
  );
}

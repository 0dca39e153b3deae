// Which rows of a long list can be seen: all have one height, and only these are put into the document.
import { type RefObject, useCallback, useEffect, useState } from "react";

type VisibleRows = {
  /** The first row to draw, and the one after the last. */
  first: number;
  end: number;
  onScroll: () => void;
};

/** Rows drawn beyond what can be seen, so that a scroll shows no gap. */
const spare = 10;

/** Follows the scrolling and the size of `box`, whose rows are `rowHeight` pixels high. */
export function useVisibleRows(box: RefObject<HTMLElement | null>, count: number, rowHeight: number): VisibleRows {
  const [view, setView] = useState({ first: 0, seen: 60 });
  const onScroll = useCallback(() => {
    const element = box.current;
    if (!element) return;
    const first = Math.floor(element.scrollTop / rowHeight);
    const seen = Math.ceil(element.clientHeight / rowHeight) + 1;
    setView((old) => (old.first === first && old.seen === seen ? old : { first, seen }));
  }, [box, rowHeight]);

  useEffect(() => {
    const element = box.current;
    if (!element) return;
    const observer = new ResizeObserver(onScroll);
    observer.observe(element);
    return () => observer.disconnect();
  }, [box, onScroll]);

  // fewer rows than before: the browser scrolls by itself, and tells of it only later
  const first = Math.max(0, Math.min(view.first, count - 1) - spare);
  return { first, end: Math.min(count, view.first + view.seen + spare), onScroll };
}

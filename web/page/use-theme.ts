// The chosen theme as state: applied at once, and again when the system changes.
import { useEffect, useState } from "react";
import { applyTheme, keepTheme, onSystemTheme, readTheme, type Theme } from "./theme.ts";

/** The theme and how to choose another. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(readTheme);
  useEffect(() => {
    applyTheme(theme);
    return onSystemTheme(() => applyTheme(theme));
  }, [theme]);
  return [
    theme,
    (chosen) => {
      keepTheme(chosen);
      setTheme(chosen);
    },
  ];
}

// Light, dark, or as the system is: kept in this browser, and put upon the document.

export const themes = ["light", "dark", "system"] as const;
export type Theme = (typeof themes)[number];

const key = "headgate.theme";
const systemIsDark = "(prefers-color-scheme: dark)";

/** What this person chose; "system" where nothing was chosen or nothing may be kept. */
export function readTheme(): Theme {
  try {
    const kept = localStorage.getItem(key);
    return themes.find((theme) => theme === kept) ?? "system";
  } catch {
    return "system";
  }
}

/** Keeps a choice, where the browser lets it be kept. */
export function keepTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // without storage the choice lasts as long as the page does
  }
}

/** Puts light or dark upon the document. Needs its body. */
export function applyTheme(theme: Theme): void {
  const dark = theme === "dark" || (theme === "system" && matchMedia(systemIsDark).matches);
  // the class that the components' styles look for
  document.body.classList.toggle("awsui-dark-mode", dark);
  document.documentElement.style.colorScheme = dark ? "dark" : "light";
}

/** Calls back whenever the system changes; returns how to stop. */
export function onSystemTheme(changed: () => void): () => void {
  const query = matchMedia(systemIsDark);
  query.addEventListener("change", changed);
  return () => query.removeEventListener("change", changed);
}

// A place within a job's page as the address says it after the #: a tab, and the file that is open in it. Pure.

export const tabs = ["results", "files", "log", "timeline", "attempts", "inputs", "details"] as const;
export type Tab = (typeof tabs)[number];

export type Place = { tab: Tab | undefined; file: string | undefined };

/** Reads "#files/fit%2Fline.par". What it does not know is no place. */
export function placeOf(hash: string): Place {
  const [, name = "", rest] = /^#([a-z]+)(?:\/(.+))?$/.exec(hash) ?? [];
  const tab = tabs.find((one) => one === name);
  try {
    return { tab, file: tab && rest !== undefined ? decodeURIComponent(rest) : undefined };
  } catch {
    return { tab, file: undefined };
  }
}

/** The address of a place, from its # on. */
export function hashOf(tab: Tab, file?: string): string {
  return file === undefined ? `#${tab}` : `#${tab}/${encodeURIComponent(file.toWellFormed())}`;
}

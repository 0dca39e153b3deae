// A file's name as it can be shown: nothing in it may turn the text around it or look like another name. Pure.

/** Control and format characters, separators of lines, half surrogate pairs: a Unix file name may hold any of them. */
const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Control characters as their pictures, marks that turn or hide text by their code: "a␊b", "[U+202E]gnp.exe". */
export function pathWords(path: string): string {
  return path.replace(hidden, (one) => {
    const code = one.codePointAt(0) ?? 0;
    if (code < 0x20) return String.fromCharCode(0x2400 + code);
    if (code === 0x7f) return "\u2421";
    return `[U+${code.toString(16).toUpperCase().padStart(4, "0")}]`;
  });
}

/** The name at the end of a path. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

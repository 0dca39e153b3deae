// Sizes in a person's words.
const units = ["bytes", "kB", "MB", "GB", "TB", "PB", "EB"];

/** 1.0 TB, 812 GB, 50 GB, 17 bytes; decimal units. */
export function sizeWords(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit > 0 && value < 9.95 ? value.toFixed(1) : Math.round(value).toString();
  return `${digits} ${units[unit]}`;
}

/** "812 GB > 50 GB"; exact where rounding would hide the difference. */
export function overWords(bytes: number, limit: number): string {
  const [much, most] = [sizeWords(bytes), sizeWords(limit)];
  return much === most ? `${bytes} bytes > ${limit} bytes` : `${much} > ${most}`;
}

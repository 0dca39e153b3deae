// Durations and instants as Slurm reads and writes them.

/** A --time value in seconds: minutes, m:s, h:m:s, d-h, d-h:m, d-h:m:s; undefined where it is none of them. */
export function parseTimeLimit(text: string): number | undefined {
  const parts = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/.exec(text);
  if (parts === null) return undefined;
  const [days, a, b, c] = [parts[1], parts[2], parts[3], parts[4]].map((part) =>
    part === undefined ? undefined : Number(part),
  );
  if (a === undefined) return undefined;
  if (days !== undefined) return days * 86_400 + a * 3600 + (b ?? 0) * 60 + (c ?? 0);
  if (b === undefined) return a * 60;
  return c === undefined ? a * 60 + b : a * 3600 + b * 60 + c;
}

/** Seconds as squeue shows them: 0:05, 30:00, 1:00:00, 7-00:00:00. */
export function formatSpan(seconds: number): string {
  const [days, hours, minutes, rest] = split(seconds);
  if (days > 0) return `${days}-${two(hours)}:${two(minutes)}:${two(rest)}`;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Seconds as scontrol shows them: 00:30:00, 7-00:00:00. */
export function formatLongSpan(seconds: number): string {
  const [days, hours, minutes, rest] = split(seconds);
  return `${days > 0 ? `${days}-` : ""}${two(hours)}:${two(minutes)}:${two(rest)}`;
}

/** An instant (milliseconds) in local time, whole seconds, without a zone. */
export function formatInstant(ms: number): string {
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day}T${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

function split(seconds: number): [number, number, number, number] {
  const whole = Math.max(0, Math.floor(seconds));
  return [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60, whole % 60];
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}

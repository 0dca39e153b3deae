// How a program ended, in words: what exit codes and signals are by custom. Pure, safe in a browser.

/** Linux's names of the signals that a batch job may end by. */
const signalNames: Readonly<Record<number, string>> = {
  1: "SIGHUP",
  2: "SIGINT",
  3: "SIGQUIT",
  4: "SIGILL",
  5: "SIGTRAP",
  6: "SIGABRT",
  7: "SIGBUS",
  8: "SIGFPE",
  9: "SIGKILL",
  10: "SIGUSR1",
  11: "SIGSEGV",
  12: "SIGUSR2",
  13: "SIGPIPE",
  14: "SIGALRM",
  15: "SIGTERM",
  16: "SIGSTKFLT",
  24: "SIGXCPU",
  25: "SIGXFSZ",
  26: "SIGVTALRM",
  27: "SIGPROF",
  29: "SIGIO",
  30: "SIGPWR",
  31: "SIGSYS",
};

/** What there is an agreement on among shells and common tools; a program may mean something else by it. */
const customs: Readonly<Record<number, string>> = {
  124: "which the command timeout gives where a program's time was over",
  126: "which shells give where a program was found but cannot be executed",
  127: "which shells give where a program was not found",
  255: "which is -1 as programs give it",
};

/** The signal that a shell means by an exit code of 128 + n; undefined for any other code. */
export const signalOfCode = (code: number): number | undefined => (code > 128 && code <= 192 ? code - 128 : undefined);

/** "signal 9 (SIGKILL)". */
export function signalWords(signal: number): string {
  const name = signalNames[signal];
  return name === undefined ? `signal ${signal}` : `signal ${signal} (${name})`;
}

/**
 * How a program ended, by its exit code or else the signal that ended it: "ended with exit code 127, which shells give
 * where a program was not found". Undefined where neither tells anything.
 */
export function endingWords({
  exitCode,
  signal,
}: {
  exitCode?: number | undefined;
  signal?: number | undefined;
}): string | undefined {
  if (exitCode === undefined || exitCode === 0)
    return signal === undefined ? undefined : `ended by ${signalWords(signal)}`;
  const by = signalOfCode(exitCode);
  const custom =
    by === undefined ? customs[exitCode] : `which shells give for a program that ${signalWords(by)} has ended`;
  return `ended with exit code ${exitCode}${custom === undefined ? "" : `, ${custom}`}`;
}

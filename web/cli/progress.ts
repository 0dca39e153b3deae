// A progress bar for transfers: on a terminal only, on stderr, one line that is written over.
import type { Cli } from "./cli.ts";
import { sizeWords, spanWords } from "./words.ts";

export type Progress = {
  /** So many bytes more have been sent or received. */
  add: (bytes: number) => void;
  /** So many bytes will have to be sent again. */
  back: (bytes: number) => void;
  /** Takes the bar away. */
  done: () => void;
};

const everyMs = 100;

/** A bar for `total` bytes; where stderr is no terminal, or there is nothing to send, it says nothing. */
export function progressBar(cli: Cli, what: string, total: number): Progress {
  if (!cli.terminal || total === 0) return { add() {}, back() {}, done() {} };
  const started = Date.now();
  let sent = 0;
  let drawn = 0;
  const draw = () => {
    const now = Date.now();
    if (now - drawn < everyMs) return;
    drawn = now;
    cli.say(`\r${barLine(what, sent, total, (now - started) / 1_000, cli.columns())}\u001b[K`);
  };
  return {
    add(bytes) {
      sent += bytes;
      draw();
    },
    back(bytes) {
      sent -= bytes;
    },
    done() {
      if (drawn > 0) cli.say("\r\u001b[K");
    },
  };
}

/** The line: what, bar, share, bytes, rate and time left, as far as the columns reach. */
export function barLine(what: string, sent: number, total: number, seconds: number, columns: number): string {
  const share = Math.min(1, Math.max(0, sent / total));
  const rate = seconds > 0 ? sent / seconds : 0;
  const left = rate > 0 ? `, ${spanWords((total - sent) / rate)} left` : "";
  const figures = `${Math.floor(share * 100)} %  ${sizeWords(sent)} of ${sizeWords(total)}  ${sizeWords(rate)}/s${left}`;
  const width = Math.min(30, columns - what.length - figures.length - 8);
  if (width < 5) return figures.slice(0, Math.max(0, columns - 1));
  const full = Math.round(share * width);
  return `${what}  [${"#".repeat(full)}${".".repeat(width - full)}]  ${figures}`;
}

// What the cloud may do to messages and a quiet machine never does: for tests, all off at the start.
import { setTimeout as sleep } from "node:timers/promises";
import type { CallHook } from "./call-faults.ts";

export type Faults = {
  objectEvents: {
    /** How often each event is told; 1 is once. */
    copies: number;
    /** Seconds before it is told. */
    delaySeconds: number;
    /** The next n events are never told. */
    drop: number;
    /** Events are held back until this many are there, then told in reverse; 0: off. */
    shuffle: number;
    /** Asked for each event, after what stands above: how often it is told (0: never), and after how many seconds. */
    each: (() => { copies: number; delaySeconds: number }) | undefined;
  };
  messages: {
    /** How often a function sees each batch; 1 is once. */
    copies: number;
    /** Milliseconds before a function sees a batch. */
    delayMs: number;
    /** Batches of standard queues are turned round. */
    reverse: boolean;
    /** The next n batches are taken off their queue and no function ever sees them. */
    drop: number;
    /** Asked for each batch of a function's: how often the function sees it. */
    each: ((run: string, messages: number) => number) | undefined;
  };
  /** What happens to calls of services. */
  calls: { each: CallHook | undefined };
};

export const noFaults = (): Faults => ({
  objectEvents: { copies: 1, delaySeconds: 0, drop: 0, shuffle: 0, each: undefined },
  messages: { copies: 1, delayMs: 0, reverse: false, drop: 0, each: undefined },
  calls: { each: undefined },
});

/** Tells each event as the faults of the moment have it. */
export function faultyTeller<T>(faults: Faults, tell: (event: T, delaySeconds: number) => void): (event: T) => void {
  let held: T[] = [];
  return (event) => {
    const f = faults.objectEvents;
    if (f.drop > 0) {
      f.drop--;
      return;
    }
    held.push(event);
    if (held.length < f.shuffle) return;
    const now = f.shuffle > 0 ? held.reverse() : held;
    held = [];
    for (const one of now) {
      const { copies, delaySeconds } = f.each?.() ?? f;
      for (let copy = 0; copy < copies; copy++) tell(one, delaySeconds);
    }
  };
}

/** The batches that a function sees for one that was received; none where it is lost. */
export function disturbedBatches<T>(faults: Faults, fifo: boolean, run: string): (batch: T[]) => Promise<T[][]> {
  return async (batch) => {
    const { delayMs, reverse } = faults.messages;
    if (faults.messages.drop > 0) {
      faults.messages.drop--;
      return [];
    }
    if (delayMs > 0) await sleep(delayMs);
    const seen = reverse && !fifo ? batch.toReversed() : batch;
    const copies = faults.messages.each?.(run, batch.length) ?? faults.messages.copies;
    return Array.from({ length: Math.max(1, copies) }, () => seen);
  };
}

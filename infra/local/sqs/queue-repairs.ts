// What fauxqs's queues do otherwise than SQS. It gives out one message of a FIFO group at a time (SQS up to ten); several
// that come back at once come back in reverse; and a persisted message that is made visible at once breaks its database.
import type { QueueMessage, SqsQueue } from "./fauxqs-parts.ts";

const bySequence = (a: QueueMessage, b: QueueMessage): number =>
  (a.sequenceNumber ?? "").localeCompare(b.sequenceNumber ?? "");

/** Changes fauxqs's queue class (its prototype), once. */
export function repairQueues(prototype: SqsQueue): void {
  const one = prototype.dequeueFifo;
  const timers = prototype.processTimers;
  const visibility = prototype.changeVisibility;

  function sort(queue: SqsQueue): void {
    if (queue.isFifo()) for (const messages of queue.fifoMessages.values()) messages.sort(bySequence);
  }

  prototype.processTimers = function (this: SqsQueue) {
    timers.call(this);
    sort(this);
  };
  prototype.changeVisibility = function (this: SqsQueue, receiptHandle, seconds) {
    const message = this.inflightMessages.get(receiptHandle)?.message;
    const { persistence } = this;
    // Its own way of writing this sets the count of receives to NULL, which its schema forbids.
    if (seconds === 0) this.persistence = undefined;
    try {
      visibility.call(this, receiptHandle, seconds);
    } finally {
      this.persistence = persistence;
    }
    sort(this);
    if (seconds !== 0 || !message) return;
    const { messageId, approximateReceiveCount, approximateFirstReceiveTimestamp: first } = message;
    persistence?.updateMessageInflight(messageId, null, null, approximateReceiveCount, first ?? null);
  };
  prototype.dequeueFifo = function (this: SqsQueue, count, visibilityTimeout, dlq) {
    const taken = one.call(this, count, visibilityTimeout, dlq);
    // Groups that this very receive has locked are opened to itself, one message after another.
    const own = [...this.inflightMessages.values()]
      .slice(-taken.length)
      .map(({ message }) => message.messageGroupId ?? "");
    for (const group of taken.length > 0 ? new Set(own) : []) {
      while (taken.length < Math.min(count, 10) && (this.fifoMessages.get(group)?.length ?? 0) > 0) {
        const held = new Map(this.fifoLockedGroups);
        const others = [...this.fifoMessages].filter(([id]) => id !== group);
        for (const [id] of others) this.fifoMessages.delete(id);
        this.fifoLockedGroups.delete(group);
        const [more] = one.call(this, 1, visibilityTimeout, dlq);
        for (const [id, messages] of others) this.fifoMessages.set(id, messages);
        this.fifoLockedGroups.set(group, (held.get(group) ?? 0) + (more === undefined ? 0 : 1));
        if (more === undefined) break;
        taken.push(more);
      }
    }
    return taken;
  };
}

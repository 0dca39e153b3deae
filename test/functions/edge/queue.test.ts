// The queue edge: which records go back to their queue.
import { expect, test } from "vitest";
import { queueHandler } from "../../../functions/edge/queue.ts";

/** The places of the records that go back, and those that were handled; each record says how long it takes (ms) or that it fails. */
async function take(ordered: boolean, records: readonly (number | "bad")[], timeMs = 15_000) {
  let left = timeMs;
  const handled: string[] = [];
  const handle = async ({ body, messageId }: { body: string; messageId: string }) => {
    handled.push(messageId);
    if (body === "bad") throw new Error("bad");
    left -= Number(body);
  };
  const event = { Records: records.map((body, place) => ({ body: `${body}`, messageId: `${place}` })) } as never;
  const answer = await queueHandler({ name: "test", ordered, handle })(event, { getRemainingTimeInMillis: () => left });
  return { handled, returned: answer.batchItemFailures.map((one) => one.itemIdentifier) };
}

test("a queue's record that fails comes back alone, and in a FIFO queue with all behind it", async () => {
  expect((await take(false, [1, "bad", 1])).returned).toEqual(["1"]);
  expect((await take(true, [1, "bad", 1])).returned).toEqual(["1", "2"]);
});

test("records that slow services leave no time for come back untouched, and those that are done do not", async () => {
  for (const ordered of [true, false])
    expect(await take(ordered, Array(6).fill(3_000))).toEqual({ handled: ["0", "1", "2", "3"], returned: ["4", "5"] });
});

test("records that are done quickly are all taken, and the first of a batch always is", async () => {
  expect((await take(true, Array(10).fill(100))).returned).toEqual([]);
  expect(await take(true, [14_000, 1])).toEqual({ handled: ["0"], returned: ["1"] });
});

// What stays on a queue after a function answered, and when a schedule has its next turn.
import { describe, expect, it } from "vitest";
import { failedRecords } from "../../../../infra/local/events/batch.ts";
import { disturbedBatches, faultyTeller, noFaults } from "../../../../infra/local/events/faults.ts";
import { asksFor, eventKey } from "../../../../infra/local/events/object-events.ts";
import { nextTurn } from "../../../../infra/local/events/schedule.ts";

describe("ReportBatchItemFailures", () => {
  it.each([
    ["null", []],
    ["{}", []],
    ['{"batchItemFailures":[]}', []],
    ['{"batchItemFailures":null}', []],
    ['{"batchItemFailures":[{"itemIdentifier":"b"}]}', ["b"]],
    ['{"batchItemFailures":[{"itemIdentifier":"nobody"}]}', ["a", "b", "c"]],
    ['{"batchItemFailures":[{"itemIdentifier":"b"},{"itemIdentifier":""}]}', ["a", "b", "c"]],
    ['{"batchItemFailures":[{"itemIdentifier":null}]}', ["a", "b", "c"]],
    ['{"batchItemFailures":[{"id":"b"}]}', ["a", "b", "c"]],
    ['{"batchItemFailures":"b"}', ["a", "b", "c"]],
    ["not json", ["a", "b", "c"]],
  ])("an answer of %s leaves %j", (payload, left) => {
    expect([...failedRecords(["a", "b", "c"], payload)]).toEqual(left);
  });
});

describe("schedules", () => {
  it.each([
    ["rate(1 minute)", "04:36:30"],
    ["rate(5 minutes)", "04:40:30"],
    ["rate(2 hours)", "06:35:30"],
    ["cron(0/15 * * * ? *)", "04:45:00"],
    ["cron(30 12 * * ? *)", "12:30:00"],
    ["cron(5,36 4-6 ? * WED 2026)", "04:36:00"],
  ])("%s has its next turn at %s", (expression, time) => {
    const now = new Date("2026-03-04T04:35:30Z");
    const next = new Date(now.getTime() + nextTurn(expression)(now));
    expect(next.toISOString()).toBe(`2026-03-04T${time}.000Z`);
  });

  it.each(["every minute", "rate(0.5 minutes)", "cron(* * * * *)", "cron(99 * * * ? *)"])(
    "refuses %s",
    (expression) => {
      expect(() => nextTurn(expression)).toThrow();
    },
  );
});

describe("object events", () => {
  const event = {
    bucket: "b",
    key: "receipts/x/1.json",
    eventName: "ObjectCreated:Put",
    size: 1,
    etag: "e",
    sequencer: "1",
    time: "",
  } as const;
  const notification = {
    bucket: "b",
    queueArn: "q",
    id: "n",
    events: ["s3:ObjectCreated:*"],
    prefix: "receipts/",
    suffix: ".json",
  };

  it("asks by bucket, name of the event, prefix and suffix", () => {
    expect(asksFor(notification, event)).toBe(true);
    expect(asksFor(notification, { ...event, key: "receipts/heartbeat" })).toBe(false);
    expect(asksFor(notification, { ...event, key: "results/1.json" })).toBe(false);
    expect(asksFor(notification, { ...event, bucket: "c" })).toBe(false);
    expect(asksFor(notification, { ...event, eventName: "ObjectRemoved:Delete" })).toBe(false);
  });

  it("writes keys as S3 does", () => {
    expect(eventKey("a b/ü+(1).json")).toBe("a+b/%C3%BC%2B%281%29.json");
  });

  it("can be dropped, told twice, late and in another order", () => {
    const faults = noFaults();
    const told: string[] = [];
    const tell = faultyTeller<string>(faults, (name, delay) => told.push(`${name}@${delay}`));
    tell("a");
    faults.objectEvents.drop = 1;
    tell("lost");
    Object.assign(faults.objectEvents, { copies: 2, delaySeconds: 3 });
    tell("b");
    Object.assign(faults.objectEvents, { copies: 1, delaySeconds: 0, shuffle: 2 });
    tell("c");
    tell("d");
    expect(told).toEqual(["a@0", "b@3", "b@3", "d@0", "c@0"]);
  });

  it("turns batches of standard queues round, never those of FIFO queues", async () => {
    const faults = noFaults();
    Object.assign(faults.messages, { copies: 2, reverse: true });
    expect(await disturbedBatches<number>(faults, false, "observe")([1, 2])).toEqual([
      [2, 1],
      [2, 1],
    ]);
    expect(await disturbedBatches<number>(faults, true, "dispatch")([1, 2])).toEqual([
      [1, 2],
      [1, 2],
    ]);
    faults.messages.drop = 1;
    expect(await disturbedBatches<number>(faults, true, "dispatch")([1, 2])).toEqual([]);
    expect(await disturbedBatches<number>(faults, true, "dispatch")([1, 2])).not.toEqual([]);
  });
});

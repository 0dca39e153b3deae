// Faults of single calls, commands, messages and events: drawn by the number of the call, so that the seed decides.
import type { Cloud } from "../../infra/local/cloud.ts";
import type { CallFault, ServiceCall } from "../../infra/local/events/call-faults.ts";
import { diceOf } from "./dice.ts";
import { deckOf, type Plan } from "./plan.ts";
import type { Tally } from "./tally.ts";

/** How things stand: set by the blows, heeded by every call. */
export type Weather = {
  /** Services that throttle just now. */
  throttled: Set<string>;
  /** The head node can neither be reached nor reach S3. */
  cutOff: boolean;
  /** Seconds by which the head node's clock is wrong. */
  skew: number;
};

const functionNames = ["api", "dispatch", "observe", "reconcile", "erase", "notify"];
/** About so many of its calls for each job have an effect; of the others some at each turn of their schedule. */
const effectsPerJob: Record<string, number> = { api: 3.2, dispatch: 3.5, observe: 2.5 };
const effects =
  /^(?:PutItem|UpdateItem|DeleteItem|BatchWriteItem|SendMessage|SendMessageBatch|SendCommand|SendEmail|s3:PutObject|s3:DeleteObject)$/;

/** Calls of these services throttle in their own words; S3's two are made in the server itself. */
const throttles: Record<string, { status: number; code: string }> = {
  dynamodb: { status: 400, code: "ProvisionedThroughputExceededException" },
  sqs: { status: 400, code: "RequestThrottled" },
  ssm: { status: 400, code: "ThrottlingException" },
  s3: { status: 503, code: "SlowDown" },
  ses: { status: 429, code: "TooManyRequestsException" },
};
const failures: Record<string, { status: number; code: string }> = {
  dynamodb: { status: 500, code: "InternalServerError" },
  sqs: { status: 500, code: "InternalFailure" },
  ssm: { status: 500, code: "InternalServerError" },
  s3: { status: 500, code: "InternalError" },
  ses: { status: 500, code: "InternalServiceError" },
};

/** Of so many calls of a service in a row four fail, each in another way; those that are seldom called fail oftener. */
const blocks: Record<string, number> = { ssm: 12, ses: 8, sqs: 40 };

const libfaketime = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";

/** Lays the faults into a cloud. calm() takes them all off again. */
export function disturb(
  cloud: Cloud,
  { seed, jobs }: Pick<Plan, "seed" | "jobs">,
  weather: Weather,
  tally: Tally,
): { calm(): void } {
  const killed = new Map(
    functionNames.map((name) => {
      const each = effectsPerJob[name];
      // so often that a small campaign has some, and that a killed dispatch, whose queue then waits, leaves time to work
      const block = each === undefined ? 25 : Math.round((2 * each * jobs) / Math.max(2, jobs * 0.028));
      return [name, deckOf(seed, `kill ${name}`, block, ["before", "after"] as const)] as const;
    }),
  );
  const failing = new Map(
    Object.keys(throttles).map((service) => [
      service,
      deckOf(seed, `fail ${service}`, blocks[service] ?? 80, [
        "throttled",
        "failed before its effect",
        "failed after its effect",
        "broken off",
      ] as const),
    ]),
  );
  const silent = deckOf(seed, "silence", 60, ["silent"] as const);
  const storm = new Map(Object.keys(throttles).map((service) => [service, diceOf(seed, "storm", service)]));

  cloud.faults.calls.each = (call) => {
    const fault = ofCall(call);
    if (fault !== undefined) tally.add(fault.words);
    return fault?.fault;
  };
  function ofCall({ service, operation, principal = "", instance }: ServiceCall): Told | undefined {
    const ofHeadnode = service === "s3" && (principal.startsWith("headnode:") || principal === "signed address");
    if (weather.cutOff && ofHeadnode)
      return { words: "head node's call of S3 cut", fault: { kind: "cut", when: "before" } };
    // the campaign's own look from outside, and the pollers of Lambda, are not what is tried here
    if (principal === "host" || operation === "ReceiveMessage" || throttles[service] === undefined) return undefined;
    const who = principal.startsWith("headnode:") ? " (head node's)" : "";
    if (weather.throttled.has(service) && storm.get(service)?.chance(0.6))
      return {
        words: `${service} throttled${who}`,
        fault: { kind: "error", when: "before", ...given(throttles, service) },
      };
    const effect = effects.test(operation);
    if (instance !== undefined && effect) {
      const when = killed.get(principal)?.();
      if (when !== undefined)
        return { words: `Lambda ${principal} killed ${when} an effect`, fault: { kind: "kill", when } };
    }
    if (principal.startsWith("headnode:") && silent() !== undefined)
      return {
        words: "s3 never answered (head node's)",
        fault: { kind: "silence", when: effect ? "after" : "before" },
      };
    const failure = failing.get(service)?.();
    if (failure === undefined) return undefined;
    const words = `${service} ${failure}${who}`;
    if (failure === "throttled")
      return { words, fault: { kind: "error", when: "before", ...given(throttles, service) } };
    if (failure === "broken off") return { words, fault: { kind: "cut", when: effect ? "after" : "before" } };
    const when = failure === "failed after its effect" && effect ? "after" : "before";
    return { words, fault: { kind: "error", when, ...given(failures, service) } };
  }

  const commandDeck = deckOf(seed, "command", 10, [
    "lost",
    "lost",
    "doubled",
    "doubled",
    "doubled",
    "late",
    "reported done and lost",
    "reported failed and done",
  ] as const);
  const lateness = diceOf(seed, "late");
  cloud.commands.each = () => {
    const kind = commandDeck();
    if (kind === undefined) return {};
    tally.add(`SSM command ${kind}`);
    if (kind === "lost") return { lost: true };
    if (kind === "doubled") return { copies: 2 };
    if (kind === "late") return { lateMs: lateness.between(1_000, 12_000) };
    return kind === "reported done and lost" ? { lost: true, said: "Success" } : { said: "Failed" };
  };

  // some have ended by then
  const runDeck = deckOf(seed, "run", 10, [1, 2, 3, 4, 5, 6] as const);
  const instants = diceOf(seed, "instants");
  let usual: number[] = [];
  cloud.commands.run = () => {
    const middle = usual.toSorted((a, b) => a - b)[Math.floor(usual.length / 2)] ?? 600;
    const killAfterMs = runDeck() === undefined ? undefined : instants.between(0, 1.1) * middle;
    return {
      killAfterMs,
      environment: skewed(weather.skew),
      ended: (run) => {
        if (run.killed) tally.add("head-node program (run) killed");
        else usual = [...usual, run.ms].slice(-15);
        if (weather.skew !== 0) tally.add("runs of the head-node program under a skewed clock");
      },
    };
  };

  const batchDeck = deckOf(seed, "messages", 5, ["doubled", "doubled"] as const);
  cloud.faults.messages.each = (_run, messages) => {
    if (batchDeck() === undefined) return 1;
    tally.add("SQS message doubled", messages);
    return 2;
  };

  const eventDeck = deckOf(seed, "events", 6, ["dropped", "doubled", "shuffled"] as const);
  const delays = diceOf(seed, "delays");
  cloud.faults.objectEvents.each = () => {
    const kind = eventDeck();
    if (kind !== undefined) tally.add(`S3 event ${kind}`);
    if (kind === "dropped") return { copies: 0, delaySeconds: 0 };
    // one that comes later than those after it
    return { copies: kind === "doubled" ? 2 : 1, delaySeconds: kind === "shuffled" ? 1 + delays.below(5) : 0 };
  };

  return {
    calm() {
      cloud.faults.calls.each = undefined;
      cloud.commands.each = undefined;
      cloud.commands.run = undefined;
      cloud.faults.messages.each = undefined;
      cloud.faults.objectEvents.each = undefined;
    },
  };
}

type Told = { words: string; fault: CallFault };

function given(table: Record<string, { status: number; code: string }>, service: string) {
  return table[service] ?? { status: 500, code: "InternalError" };
}

/** What makes a program and all that it starts see another time; nothing for none. */
function skewed(seconds: number): Record<string, string> {
  if (seconds === 0) return {};
  const sign = seconds > 0 ? "+" : "";
  return { LD_PRELOAD: libfaketime, FAKETIME: `${sign}${seconds}s`, FAKETIME_DONT_FAKE_MONOTONIC: "1" };
}

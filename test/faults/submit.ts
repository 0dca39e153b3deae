// The people of a campaign: they submit wave after wave under idempotency keys, and go on until they have an answer.
import { setTimeout as sleep } from "node:timers/promises";
import { isPassing } from "../../web/client/retry.ts";
import type { Arena } from "./arena.ts";
import type { CampaignClock } from "./campaign-clock.ts";
import type { Plan } from "./plan.ts";
import { script, type Work, wordsOf } from "./work.ts";

/** A job that was asked for; without an id nobody ever answered. */
export type Asked = Work & { key: string; job?: string; refused?: string };

/** Submits by the plan, noting each job in `asked`. People give up when they are told to, and not because it is over. */
export async function submitWaves(
  arena: Arena,
  plan: Plan,
  clock: CampaignClock,
  isOver: () => boolean,
  mayGiveUp: () => boolean,
  asked: Asked[],
): Promise<void> {
  const wave = async (works: readonly Work[], atMs: number) => {
    await clock.reaches(atMs, isOver);
    await Promise.all(
      works.map(async (work) => {
        const one: Asked = { ...work, key: `campaign-${plan.seed}-${work.n}` };
        asked.push(one);
        await submitOne(arena, one, mayGiveUp);
      }),
    );
  };
  await Promise.all(plan.waves.map(({ works, atMs }) => wave(works, atMs)));
}

async function submitOne(arena: Arena, one: Asked, mayGiveUp: () => boolean): Promise<void> {
  const inputs = one.input ? [{ upload: arena.uploads[one.person], name: "input.txt" }] : [];
  const body = {
    application: "script",
    name: `campaign ${one.n}`,
    parameters: { text: script, arguments: wordsOf(one, arena.ledger) },
    resources: { memoryMb: one.memoryMb, wallMinutes: 10 },
    inputs,
    ...(one.mail ? { mail: { to: [`${one.person}@example.org`], on: ["succeeded" as const, "failed" as const] } } : {}),
  };
  for (let tries = 1; ; tries += 1) {
    try {
      // the client itself repeats thrice; then its user does
      one.job = (await arena.clients[one.person].submit(body, one.key)).id;
      return;
    } catch (cause) {
      if (!isPassing(cause) || mayGiveUp()) {
        one.refused = String(cause).slice(0, 500);
        return;
      }
      await sleep(Math.min(500 * tries, 3_000));
    }
  }
}

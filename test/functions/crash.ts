// Ends a run at its nth side effect: before it happens, or just after it has.
import type { Gateway } from "./gateway.ts";

class Crash extends Error {}

export type Bomb = { at: number; when: "before" | "after"; seen: number };

/** Adapters over the gateway's real ones whose side effects count towards the bomb. */
export function explosive(gateway: Gateway, bomb: Bomb) {
  const effect = async <T>(run: () => Promise<T>): Promise<T> => {
    bomb.seen += 1;
    const mine = bomb.seen === bomb.at;
    if (bomb.seen > bomb.at || (mine && bomb.when === "before")) throw new Crash(`at effect ${bomb.seen}`);
    const result = await run();
    if (mine) throw new Crash(`after effect ${bomb.seen}`);
    return result;
  };
  const writes = new Set(["PutCommand", "UpdateCommand", "DeleteCommand"]);
  const table = gateway.tableOn((command) => {
    const send = () => gateway.real.documents.send(command as never) as Promise<unknown>;
    return writes.has((command as object).constructor.name) ? effect(send) : send();
  });
  const parts = gateway.partsOn(table);
  const { api, dispatch, observe, erase } = parts;
  return {
    erase: {
      ...erase,
      uploads: { remove: (keys: readonly string[]) => effect(() => erase.uploads.remove(keys)) },
      results: {
        ...erase.results,
        remove: (keys: readonly string[]) =>
          keys.length === 0 ? Promise.resolve() : effect(() => erase.results.remove(keys)),
        replace: (...put: Parameters<typeof erase.results.replace>) => effect(() => erase.results.replace(...put)),
      },
      queue: { ask: (message: Parameters<typeof erase.queue.ask>[0]) => effect(() => erase.queue.ask(message)) },
    },
    observe: {
      ...observe,
      queue: { ask: (message: Parameters<typeof observe.queue.ask>[0]) => effect(() => observe.queue.ask(message)) },
    },
    api: {
      ...api,
      dispatch: { ask: (message: Parameters<typeof api.dispatch.ask>[0]) => effect(() => api.dispatch.ask(message)) },
    },
    dispatch: {
      ...dispatch,
      batches: { put: (...put: Parameters<typeof dispatch.batches.put>) => effect(() => dispatch.batches.put(...put)) },
      commands: {
        run: (...run: Parameters<typeof dispatch.commands.run>) => effect(() => dispatch.commands.run(...run)),
      },
    },
  };
}

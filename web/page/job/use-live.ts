// A running job as the cluster saw it a moment ago, looked at again for as long as somebody looks here.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { Job, LiveJob } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";

/** The cluster goes on looking for a minute: asked again well before that (ms). */
const peekMs = 15_000;
/** Its looks are fetched so often (ms). */
const liveMs = 5_000;

/** `looking`: the cluster is asked to look; otherwise what was last seen is told. Nothing is asked of a job that does not run. */
export function useLive(job: Job, looking: boolean): { live: LiveJob | undefined; error: unknown } {
  const { client } = useGateway();
  const queries = useQueryClient();
  const key = ["live", job.id, job.attempt];
  const enabled = looking && job.state === "running";
  const take = (live: LiveJob) => newer(queries.getQueryData<LiveJob>(key), live);
  const peek = useQuery({
    queryKey: ["peek", job.id, job.attempt],
    queryFn: async () => {
      const live = await client.peek(job.id);
      queries.setQueryData(key, take(live));
      return live.until ?? null;
    },
    enabled,
    refetchInterval: peekMs,
  });
  const live = useQuery({
    queryKey: key,
    queryFn: async () => take(await client.live(job.id)),
    enabled,
    refetchInterval: liveMs,
  });
  return { live: live.data, error: peek.error ?? live.error ?? undefined };
}

/** Two questions are under way at a time: the older look does not take the place of the newer. */
function newer(known: LiveJob | undefined, told: LiveJob): LiveJob {
  return known?.at !== undefined && (told.at === undefined || told.at < known.at) ? known : told;
}

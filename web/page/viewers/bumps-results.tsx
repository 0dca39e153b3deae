// What a bumps fit found: data and model, chi square, parameters with errors, its progress, and all files to take away.
import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Job, JobFile } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { BumpsCurves } from "./bumps-curves.tsx";
import { BumpsDownloads } from "./bumps-downloads.tsx";
import { type BumpsFiles, bumpsFiles } from "./bumps-files.ts";
import { BumpsImages } from "./bumps-images.tsx";
import { BumpsParameters } from "./bumps-parameters.tsx";
import { BumpsProgress } from "./bumps-progress.tsx";
import { fittedParameters } from "./fitted-parameters.ts";
import { parsePar, parseProgress, parseState, readStatistics } from "./parse-bumps.ts";
import { readText } from "./read-text.ts";
import { Reading } from "./reading.tsx";
import { useRead } from "./use-read.ts";
import "./results.css";
import "./viewers.css";

type BumpsResultsProps = { job: Job; files: readonly JobFile[] };

/** Whether the job's files have a view of their own: a fit's, so far. */
export function hasResultsView(job: Job, files: readonly JobFile[]): boolean {
  return job.application === "bumps" && bumpsFiles(job, files) !== undefined;
}

export function BumpsResults({ job, files }: BumpsResultsProps) {
  const { client } = useGateway();
  const found = bumpsFiles(job, files);
  const key = [found?.par, found?.err, found?.mon, found?.stats].map((file) => file?.sha256 ?? "").join(" ");
  const read = useRead(`${job.id} ${key}`, async (signal) => {
    const text = (file: JobFile | undefined) => (file ? readText(client.options, file, signal) : undefined);
    const [par, err, mon, stats] = await Promise.all([found?.par, found?.err, found?.mon, found?.stats].map(text));
    const state = parseState(err ?? mon ?? "");
    return {
      state,
      progress: parseProgress(mon ?? ""),
      parameters: fittedParameters(par === undefined ? undefined : parsePar(par), state, statisticsOf(stats)),
    };
  });
  if (!found) return <Alert type="info">bumps left none of its files.</Alert>;
  return (
    <SpaceBetween size="l">
      <Missing job={job} found={found} />
      <Reading read={read} what="what bumps says of the fit">
        {({ state, progress, parameters }) => (
          <SpaceBetween size="l">
            {found.curves.length > 0 && <BumpsCurves curves={found.curves} state={state} />}
            <BumpsParameters name={found.name} parameters={parameters} state={state} job={job} />
            {found.mon && <BumpsProgress progress={progress} name={found.mon.path} />}
          </SpaceBetween>
        )}
      </Reading>
      {found.images.length > 0 && <BumpsImages images={found.images} />}
      <Container header={<Header variant="h2">Files of the fit</Header>}>
        <BumpsDownloads files={found.all} />
      </Container>
    </SpaceBetween>
  );
}

function statisticsOf(text: string | undefined) {
  if (text === undefined) return undefined;
  try {
    return readStatistics(JSON.parse(text));
  } catch {
    // a file that was cut off: the table of the .err file has the same in fewer digits
    return undefined;
  }
}

/** What a fit leaves and this one did not. */
function Missing({ job, found }: { job: Job; found: BumpsFiles }) {
  const missing = [
    ...(found.par ? [] : [`parameters (${found.name}.par)`]),
    ...(found.err ? [] : [`chi square and bounds (${found.name}.err)`]),
    ...(found.mon ? [] : [`progress (${found.name}.mon)`]),
    ...(found.curves.length > 0 ? [] : [`data and model (${found.name}.dat)`]),
  ];
  if (missing.length === 0) return null;
  const list = new Intl.ListFormat("en-GB").format(missing);
  if (job.state === "succeeded" && found.par)
    return <Alert type="info">bumps left no {list}: some models write none.</Alert>;
  return (
    <Alert type="warning" header="The fit did not come to its end">
      What it left is shown. Missing: {list}. The reason is at the end of its log.
    </Alert>
  );
}

// What a job was asked to be: its parameters, its inputs, and what it asks of the cluster.
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { Job, Resources } from "../../../shared/contract/job.ts";
import { useApplications } from "../use-applications.ts";
import { sizeWords, spanWords } from "../words.ts";
import { type ParameterRow, parameterRows, valueWords } from "./parameter-rows.ts";
import { WithCode } from "./with-code.tsx";

export function JobInputs({ job }: { job: Job }) {
  // the defaults of another version may be others
  const application = useApplications().find(({ id, version }) => id === job.application && version === job.version);
  const rows = parameterRows(job.parameters, application);
  const { application: id, version, cluster, parameters, resources, inputs } = job;
  const asked = {
    application: id,
    version,
    cluster,
    ...(job.name === undefined ? {} : { name: job.name }),
    parameters,
    resources,
    inputs: inputs.map(({ upload, name }) => ({ upload, name })),
  };
  return (
    <WithCode requests={[{ method: "POST", path: "/v1/jobs", body: asked, idempotent: true }]}>
      <SpaceBetween size="l">
        <section className="job-part" aria-labelledby="job-parameters">
          <Header variant="h2">
            <span id="job-parameters">Parameters</span>
          </Header>
          {rows.length === 0 ? <p>None were given.</p> : <Parameters rows={rows} />}
        </section>
        <section className="job-part" aria-labelledby="job-inputs">
          <Header variant="h2">
            <span id="job-inputs">Input files</span>
          </Header>
          {inputs.length === 0 ? (
            <p>None were given.</p>
          ) : (
            <div className="job-scroll">
              <table className="job-table">
                <thead>
                  <tr>
                    <th scope="col">File</th>
                    <th scope="col" className="number">
                      Size
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {inputs.map((input) => (
                    <tr key={input.name}>
                      <th scope="row">
                        <bdi className="job-path">{input.name}</bdi>
                      </th>
                      <td className="number" title={`${input.size.toLocaleString("en")} bytes`}>
                        {sizeWords(input.size)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
            </div>
          )}
        </section>
        <section className="job-part" aria-labelledby="job-resources">
          <Header variant="h2">
            <span id="job-resources">Asked of the cluster</span>
          </Header>
          <KeyValuePairs columns={4} ariaLabelledby="job-resources" items={resourceItems(resources)} />
        </section>
      </SpaceBetween>
    </WithCode>
  );
}

function Parameters({ rows }: { rows: readonly ParameterRow[] }) {
  return (
    <div className="job-scroll">
      <table className="job-table">
        <thead>
          <tr>
            <th scope="col">Parameter</th>
            <th scope="col">Value</th>
            <th scope="col">Unit</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, title, unit, value, isDefault }) => (
            <tr key={name}>
              <th scope="row">
                {title}
                {title !== name && <code className="job-quiet"> {name}</code>}
              </th>
              <td className={typeof value === "number" ? "number" : undefined}>
                <Value value={value} />
                {isDefault === true && <span className="job-quiet"> (default)</span>}
              </td>
              <td>{unit}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Value({ value }: { value: unknown }) {
  const words = valueWords(value);
  if (words.includes("\n") || words.length > 200)
    return (
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      <section className="job-value" tabIndex={0} aria-label="Value">
        {words}
      </section>
    );
  return words === "" ? <span className="job-quiet">empty</span> : <bdi>{words}</bdi>;
}

/** What was asked of the cluster, in words with units. */
function resourceItems(resources: Resources) {
  const { nodes, tasks, cpusPerTask, gpus, gres, constraint, wallMinutes, partition, account, qos } = resources;
  const megabytes = (amount: number | undefined) => (amount === undefined ? undefined : sizeWords(amount * 1_000_000));
  const items = [
    ["Nodes", nodes?.toLocaleString("en")],
    ["Tasks", tasks?.toLocaleString("en")],
    ["CPUs for each task", cpusPerTask?.toLocaleString("en")],
    ["GPUs", gpus?.toLocaleString("en")],
    ["Generic resources", gres],
    ["Memory for each node", megabytes(resources.memoryMb)],
    ["Memory for each CPU", megabytes(resources.memoryPerCpuMb)],
    ["Time at most", wallMinutes === undefined ? undefined : spanWords(wallMinutes * 60_000)],
    ["Partition", partition],
    ["Features of the nodes", constraint],
    ["Slurm account", account],
    ["Quality of service", qos],
  ] as const;
  const given = items.flatMap(([label, value]) => (value === undefined ? [] : [{ label, value }]));
  return given.length > 0 ? given : [{ label: "Everything", value: <Box>as the cluster gives it</Box> }];
}

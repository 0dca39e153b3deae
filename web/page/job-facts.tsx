// What a job was asked to be, and where it is known by which name.
import type { ReactNode } from "react";
import type { Job } from "../../shared/contract/job.ts";
import { CopyButton, Moment } from "./parts.tsx";
import { sizeWords, spanWords } from "./words.ts";

export function JobFacts({ job, clusterName }: { job: Job; clusterName: string }) {
  const parameters = Object.entries(job.parameters);
  return (
    <dl className="facts">
      <Fact name="Id">
        <code>{job.id}</code> <CopyButton text={job.id} what="the job's id" />
      </Fact>
      <Fact name="Application">
        {job.application} <span className="aside">version {job.version}</span>
      </Fact>
      <Fact name="Cluster">
        {clusterName} <span className="aside">as {job.account}</span>
      </Fact>
      {job.slurmId && (
        <Fact name="Slurm id">
          <code>{job.slurmId}</code>
        </Fact>
      )}
      {job.folder && (
        <Fact name="Folder">
          <code>{job.folder}</code> <CopyButton text={job.folder} what="the folder" />
        </Fact>
      )}
      <Fact name="Submitted">
        <Moment at={job.createdAt} />
      </Fact>
      {job.startedAt && (
        <Fact name="Started">
          <Moment at={job.startedAt} />
        </Fact>
      )}
      {job.endedAt && (
        <Fact name="Ended">
          <Moment at={job.endedAt} />
          {job.startedAt && (
            <span className="aside"> after {spanWords(Date.parse(job.endedAt) - Date.parse(job.startedAt))}</span>
          )}
        </Fact>
      )}
      {job.tags && job.tags.length > 0 && (
        <Fact name="Tags">
          {job.tags.map((tag) => (
            <span className="tag" key={tag}>
              {tag}
            </span>
          ))}
        </Fact>
      )}
      <Fact name="Asked for">{askedFor(job.resources)}</Fact>
      {parameters.map(([name, value]) => (
        <Fact name={name} key={name} code>
          <Parameter value={value} />
        </Fact>
      ))}
      {job.inputs.map((input, index) => (
        <Fact name={index === 0 ? "Inputs" : ""} key={input.name}>
          <bdi className="path">{input.name}</bdi> <span className="aside">{sizeWords(input.size)}</span>
        </Fact>
      ))}
    </dl>
  );
}

function Parameter({ value }: { value: unknown }) {
  if (typeof value === "string") return <pre>{value}</pre>;
  if (Array.isArray(value) && value.length === 0) return <span className="aside">none</span>;
  return <code>{JSON.stringify(value)}</code>;
}

function Fact({ name, code, children }: { name: string; code?: boolean; children: ReactNode }) {
  return (
    <div>
      <dt>{code ? <code>{name}</code> : name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function askedFor(resources: Job["resources"]): string {
  const { nodes, tasks, cpusPerTask, gpus, memoryMb, wallMinutes, partition, account, qos } = resources;
  return [
    nodes && count(nodes, "node"),
    tasks && count(tasks, "task"),
    cpusPerTask && `${count(cpusPerTask, "CPU")} each`,
    gpus && count(gpus, "GPU"),
    memoryMb && `${sizeWords(memoryMb * 1_000_000)} of memory`,
    wallMinutes && `at most ${spanWords(wallMinutes * 60_000)}`,
    partition && `partition ${partition}`,
    account && `account ${account}`,
    qos && `quality of service ${qos}`,
  ]
    .filter(Boolean)
    .join(", ");
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

// Which of a job's files bumps left, and what each is.
import type { Job, JobFile } from "../../../shared/contract/job.ts";

export type BumpsFiles = {
  /** Name of the model's file without its ending: all files begin with it. */
  name: string;
  par: JobFile | undefined;
  err: JobFile | undefined;
  mon: JobFile | undefined;
  /** Statistics of dream. */
  stats: JobFile | undefined;
  /** Data and model of each curve or measurement, in their order. */
  curves: { label: string; file: JobFile }[];
  images: { label: string; file: JobFile }[];
  /** All of them, those that are not named above too. */
  all: JobFile[];
};

const imageWords: Readonly<Record<string, string>> = {
  model: "Data and model, by bumps",
  vars: "Distributions of the parameters",
  corr: "Correlations between parameters",
  trace: "Traces of the parameters",
  logp: "Log likelihood over the samples",
  parcor: "Parallel coordinates of the samples",
  errors: "Uncertainty of the model",
};

/** Finds bumps' files in the list: those of the folder and name under which the most of them lie. */
export function bumpsFiles(job: Pick<Job, "parameters">, files: readonly JobFile[]): BumpsFiles | undefined {
  const base = findBase(job, files);
  if (base === undefined) return undefined;
  const own = files.filter(
    (file) => file.role === "result" && (file.path.startsWith(`${base}.`) || file.path.startsWith(`${base}-`)),
  );
  const at = (ending: string): JobFile | undefined => own.find((file) => file.path === `${base}${ending}`);
  const numbered = own.flatMap((file) => {
    const number = /^-(\d+)\.dat$/.exec(file.path.slice(base.length))?.[1];
    return number === undefined ? [] : [{ number: Number(number), file }];
  });
  numbered.sort((one, other) => one.number - other.number);
  const single = at(".dat");
  return {
    name: base.slice(base.lastIndexOf("/") + 1),
    par: at(".par"),
    err: at(".err"),
    mon: at(".mon"),
    stats: at("-err.json"),
    curves: [
      ...(single ? [{ label: "Model", file: single }] : []),
      ...numbered.map(({ number, file }) => ({ label: `Model ${number}`, file })),
    ],
    images: own.flatMap((file) => {
      const part = /^-(.+)\.png$/.exec(file.path.slice(base.length))?.[1];
      return part === undefined ? [] : [{ label: imageLabel(part), file }];
    }),
    all: own,
  };
}

function imageLabel(part: string): string {
  const numbered = /^model(\d+)$/.exec(part)?.[1];
  // bumps counts these from 0, and the models' curve files from 1
  if (numbered !== undefined) return `Model ${Number(numbered) + 1}: data and model, by bumps`;
  return imageWords[part] ?? part;
}

/** Folder and name that bumps' files begin with: by the model that was asked for, else by a file that only bumps leaves. */
function findBase(job: Pick<Job, "parameters">, files: readonly JobFile[]): string | undefined {
  const { model } = job.parameters;
  const results = files.filter((file) => file.role === "result").map((file) => file.path);
  const left = (base: string): boolean =>
    results.some((path) => [".par", ".err", ".mon", ".dat", "-1.dat"].some((ending) => path === base + ending));
  if (typeof model === "string") {
    const base = `fit/${model.slice(model.lastIndexOf("/") + 1).replace(/\.py$/, "")}`;
    if (left(base)) return base;
  }
  const telling = results.find((path) => path.endsWith(".mon")) ?? results.find((path) => path.endsWith(".par"));
  return telling?.replace(/\.(?:mon|par)$/, "");
}

// What the judge is given: where to look, what was asked for, what was done to the machine.
import type { Outage } from "./blows.ts";
import type { Asked } from "./submit.ts";

export type Case = {
  seed: number;
  cluster: string;
  asked: Asked[];
  /** How often each fault was injected. */
  injected: Record<string, number>;
  outages: Outage[];
  /** The file of Slurm's jobcomp/filetxt. */
  jobcomp: string;
  ledger: string;
  api: string;
  tokens: Record<string, string>;
  s3: {
    endpoint: string;
    region: string;
    bucket: string;
    credentials: { accessKeyId: string; secretAccessKey: string; sessionToken: string };
  };
};

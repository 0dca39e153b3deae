// The Slurm that a laptop's head node talks to, whichever kind it is.

export type LocalSlurm = {
  kind: "stand-in" | "private" | "existing";
  /** folder of sbatch, squeue, scancel, scontrol, sinfo (sacct) */
  bin: string;
  /** SLURM_CONF to set, where one is needed */
  conf?: string;
  /** jobcomp/filetxt file, where there is one */
  jobcomp?: string;
  /** whether sacct has a slurmdbd to ask */
  sacct: boolean;
  /** "mapped": jobs run as the person's own Unix account; "starter": as whoever started us */
  accounts: "mapped" | "starter";
  /** one sentence for the person at the terminal */
  description: string;
  /** ends all that was started for it; an existing Slurm is left alone */
  stop(): Promise<void>;
};

// slurmdbd and a MariaDB of its own for a private Slurm, so that sacct has something to ask.
export type AccountingDatabase = { start(): Promise<void>; stop(): Promise<void> };
export function accountingDatabase(_o: {
  home: string;
  sockets: string;
  conf: string;
  port: number;
  mungeSocket: string;
  slurmUser: string;
  host: string;
  clusterName: string;
}): AccountingDatabase {
  throw new Error("accounting dbd: to come");
}

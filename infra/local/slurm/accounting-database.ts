// slurmdbd and a MariaDB of its own for a private Slurm, so that sacct has something to ask.
import { chmodSync, chownSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { accountUid } from "./accounts.ts";
import { type Daemon, startDaemon, stopDaemons, until } from "./daemon.ts";
import { findProgram, requirePrograms, run } from "./programs.ts";

export type AccountingDatabase = {
  /** starts what does not live; throws an error naming the packages where they are missing */
  start(): Promise<void>;
  stop(): Promise<void>;
};

type Place = {
  home: string;
  sockets: string;
  conf: string;
  port: number;
  mungeSocket: string;
  slurmUser: string;
  host: string;
  clusterName: string;
};

const install =
  'accounting "dbd" needs the packages slurmdbd, slurm-wlm-mysql-plugin and mariadb-server ' +
  "(Debian, Ubuntu: apt-get install --no-install-recommends slurmdbd slurm-wlm-mysql-plugin mariadb-server)";
const schema = "slurm_acct_db";

/** Describes the two daemons below the cluster's folders; nothing is started or written yet. */
export function accountingDatabase(place: Place): AccountingDatabase {
  const root = process.getuid?.() === 0;
  const data = join(place.home, "database");
  const folder = join(place.sockets, "db");
  const socket = join(folder, "mysql.sock");
  const settings = join(place.home, "etc", "my.cnf");
  const owner = root ? (accountUid("mysql") ?? 0) : undefined;
  const own = (path: string) => owner !== undefined && chownSync(path, owner, -1);
  // pid files lie where the daemon's own account may write them
  const mariadbd: Daemon = {
    argv: [findProgram("mariadbd") ?? "mariadbd", `--defaults-file=${settings}`],
    pidFile: join(folder, "mariadbd.pid"),
    outFile: join(place.home, "run", "mariadbd.out"),
    cwd: place.home,
    env: {},
    ...(owner === undefined ? {} : { uid: owner }),
  };
  const slurmdbd: Daemon = {
    argv: [findProgram("slurmdbd") ?? "slurmdbd", "-D"],
    pidFile: join(place.home, "run", "slurmdbd.pid"),
    outFile: join(place.home, "run", "slurmdbd.out"),
    cwd: place.home,
    env: { SLURM_CONF: place.conf, MYSQL_UNIX_PORT: socket },
  };

  async function startMariadb(program: { "mariadb-install-db": string; mariadb: string }): Promise<void> {
    for (const path of [data, folder]) {
      mkdirSync(path, { recursive: true });
      own(path);
    }
    chmodSync(data, 0o700);
    chmodSync(folder, 0o755);
    writeFileSync(settings, mariadbSettings(data, socket));
    if (!existsSync(join(data, "mysql"))) {
      const account = owner === undefined ? [`--auth-root-socket-user=${userInfo().username}`] : ["--user=mysql"];
      const how = ["--no-defaults", `--datadir=${data}`, "--auth-root-authentication-method=socket", "--skip-test-db"];
      const made = await run([program["mariadb-install-db"], ...how, ...account], {}, 60_000);
      if (made.code !== 0)
        throw new Error(`mariadb-install-db made no database in ${data}: ${made.stdout}${made.stderr}`);
    }
    startDaemon(mariadbd);
    const client = [program.mariadb, "--no-defaults", `--socket=${socket}`] as const;
    const sql = async (text: string) => run([...client, "-e", text], {}, 10_000);
    if (!(await until(async () => (await sql("select 1")).code === 0, 30_000, 100)))
      throw new Error(`mariadbd does not answer within 30 s; see ${data}/mysql.err and ${mariadbd.outFile}`);
    const grant = `create user if not exists '${place.slurmUser}'@'localhost' identified via unix_socket;
      grant all on ${schema}.* to '${place.slurmUser}'@'localhost'`;
    const granted = await sql(`create database if not exists ${schema}; ${root ? grant : "select 1"}`);
    if (granted.code !== 0) throw new Error(`no database for slurmdbd: ${granted.stderr}`);
  }

  return {
    async start() {
      const names = ["slurmdbd", "sacctmgr", "mariadbd", "mariadb-install-db", "mariadb"] as const;
      const program = requirePrograms(names, install);
      await startMariadb(program);
      const file = join(place.home, "etc", "slurmdbd.conf");
      writeFileSync(file, slurmdbdConf(place), { mode: 0o600 });
      chmodSync(file, 0o600); // slurmdbd refuses a file that others may read, or that is not its own
      if (root) chownSync(file, accountUid(place.slurmUser) ?? 0, -1);
      startDaemon(slurmdbd);
      const environment = { SLURM_CONF: place.conf };
      const answers = async () =>
        (await run([program.sacctmgr, "-n", "-P", "list", "cluster"], environment, 5000)).code === 0;
      if (!(await until(answers, 30_000, 100)))
        throw new Error(
          `slurmdbd does not answer within 30 s; see ${place.home}/log/slurmdbd.log and ${slurmdbd.outFile}`,
        );
      await run([program.sacctmgr, "-i", "add", "cluster", place.clusterName], environment); // already there: says so
    },
    async stop() {
      await stopDaemons([slurmdbd], 2000);
      await stopDaemons([mariadbd], 3000);
    },
  };
}

function mariadbSettings(data: string, socket: string): string {
  const lines = [
    "[mariadbd]",
    `datadir=${data}`,
    `socket=${socket}`,
    `pid-file=${data}/mysql.pid`,
    `log-error=${data}/mysql.err`,
    "skip-networking",
    "innodb_buffer_pool_size=256M",
    "innodb_log_file_size=64M",
    "innodb_lock_wait_timeout=900",
    "innodb_flush_log_at_trx_commit=0",
  ];
  return `${lines.join("\n")}\n`;
}

function slurmdbdConf(place: Place): string {
  const lines = [
    "AuthType=auth/munge",
    `AuthInfo=socket=${place.mungeSocket}`,
    `DbdHost=${place.host}`,
    "DbdAddr=127.0.0.1",
    `DbdPort=${place.port}`,
    `SlurmUser=${place.slurmUser}`,
    "DebugLevel=info",
    `LogFile=${place.home}/log/slurmdbd.log`,
    `PidFile=${place.home}/state/slurmdbd.pid`,
    "StorageType=accounting_storage/mysql",
    "StorageHost=localhost",
    `StorageUser=${place.slurmUser}`,
    `StorageLoc=${schema}`,
    "CommitDelay=1",
  ];
  return `${lines.join("\n")}\n`;
}

// `npm start`: the whole of Headgate on this machine, from the synthesised template, with demo people and a welcome job.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import path from "node:path";
import { type Cloud, startCloud } from "./cloud.ts";
import { holdData } from "./data-lock.ts";
import { FlagError, type Flags, readFlags } from "./flags.ts";
import { installHeadnode } from "./headnode-home.ts";
import { demoUsers, seedPeople } from "./seed.ts";
import { ensureAccounts, unixAccountExists } from "./slurm/accounts.ts";
import { findExistingSlurm } from "./slurm/existing-slurm.ts";
import type { LocalSlurm } from "./slurm/local-slurm.ts";
import { startPrivateSlurm } from "./slurm/private-slurm.ts";
import { startStandIn } from "./slurm/stand-in.ts";
import { signIn } from "./api-client.ts";
import { synthesise } from "./synthesis.ts";
import { runWelcomeJob } from "./welcome-job.ts";

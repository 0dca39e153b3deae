// Three projects: unit (every machine, before each commit, a minute at most), parts (each real part by itself, what starts other programs, and what is long), cluster (whole stacks on real Slurm, real browsers).
import { defineConfig } from "vitest/config";

const cluster = [
  "test/cluster/**/*.test.ts",
  "test/faults/**/*.test.ts",
  "test/browser/**/*.test.ts",
  "test/journey/**/*.test.ts",
];
const parts = [
  "test/functions/erase/erase.test.ts",
  "test/functions/headnode/remove.test.ts",
  "test/functions/notify/sweep.test.ts",
  "test/infra/redrive.test.ts",
  "test/infra/local/{cloud,s3,slurm}/**/*.test.ts",
  "test/infra/local/cloud.test.ts",
  "test/infra/local/{lambda,ssm}/**/*.test.ts",
  "test/infra/local/start.test.ts",
  "test/infra/stacks/**/*.test.ts",
  "test/iam/**/*.test.ts",
  "test/shared/application/{bumps,script,script-output}.test.ts",
  "test/web/{cli,client}/**/*.test.ts",
  "test/web/page/snippets/**/*.test.ts",
];

export default defineConfig({
  test: {
    silent: "passed-only",
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: [...cluster, ...parts],
          // more than vitest would take on two cores: much of the time is spent waiting for other processes
          maxWorkers: 2,
          // files of one worker share its modules: loading them anew for each took a third of the time
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          pool: "forks",
        },
      },
      { test: { name: "parts", include: parts, testTimeout: 60_000, hookTimeout: 60_000, pool: "forks" } },
      {
        test: {
          name: "cluster",
          include: cluster,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          pool: "forks",
          fileParallelism: false,
        },
      },
    ],
  },
});

// Two projects: unit (fast, every machine) and cluster (real Slurm, real browsers, whole stacks; one file after another).
import { defineConfig } from "vitest/config";

const slow = ["test/cluster/**/*.test.ts", "test/browser/**/*.test.ts", "test/journey/**/*.test.ts"];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/**/*.test.{ts,tsx}"],
          exclude: slow,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          pool: "forks",
        },
      },
      {
        test: {
          name: "cluster",
          include: slow,
          testTimeout: 300_000,
          hookTimeout: 120_000,
          pool: "forks",
          fileParallelism: false,
        },
      },
    ],
  },
});

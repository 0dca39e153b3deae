// Debian's packages that the tests use, what each provides, and what is skipped without it.
export const packages: readonly { name: string; provides: string; skips: string }[] = [
  { name: "slurm-wlm", provides: "/usr/sbin/slurmctld", skips: "everything on a real Slurm" },
  { name: "munge", provides: "/usr/sbin/munged", skips: "everything on a real Slurm" },
  { name: "python3-bumps", provides: "/usr/bin/bumps", skips: "bumps fits" },
  { name: "openjdk-17-jre-headless", provides: "/usr/bin/java", skips: "DynamoDB Local" },
  { name: "chromium", provides: "/usr/bin/chromium", skips: "the page in a real browser" },
  { name: "curl", provides: "/usr/bin/curl", skips: "the journey by curl" },
];

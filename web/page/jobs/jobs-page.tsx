// One's own jobs.
export function JobsPage() {
  return <h1>Jobs</h1>;
}

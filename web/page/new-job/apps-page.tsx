// What can be run.
export function AppsPage() {
  return <h1>New job</h1>;
}

// A new job of one application.
export function NewJobPage({ application }: { application: string }) {
  return <h1>New {application} job</h1>;
}

// For somebody without jobs: the request that submits a first one, ready to be pasted.
import { useState } from "react";
import { useGateway } from "./gateway.ts";
import { CopyButton, Fault } from "./parts.tsx";

export function FirstJob() {
  const { client, clusters } = useGateway();
  const [token, setToken] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  async function makeToken() {
    const { data, error } = await client.api.POST("/v1/tokens", { body: { name: "First job, by curl", days: 7 } });
    setToken(data?.token);
    setFailed(error ? new Error(error.detail ?? error.title) : undefined);
  }

  const [cluster] = clusters;
  const body = {
    application: "script",
    ...(cluster ? { cluster: cluster.id } : {}),
    name: "First job",
    parameters: { text: 'echo "Hello from $(hostname)" > hello.txt' },
  };
  const command = [
    `TOKEN=${token ?? "'put an API token here'"}`,
    `curl ${location.origin}/v1/jobs \\`,
    `  -H "authorization: Bearer $TOKEN" -H "content-type: application/json" \\`,
    `  --data-binary '${JSON.stringify(body, undefined, 2)}'`,
  ].join("\n");
  return (
    <section className="panel" aria-labelledby="first-job">
      <h2 id="first-job">You have no jobs yet</h2>
      <p>This sends a first one: a script of one line. It appears here by itself.</p>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <section className="command" tabIndex={0} aria-label="Command that submits a first job">
        <pre>
          <code>{command}</code>
        </pre>
      </section>
      <p className="actions">
        {token === undefined ? (
          <button type="button" className="primary" onClick={() => void makeToken()}>
            Put an API token in
          </button>
        ) : (
          <CopyButton text={command} what="the command" />
        )}
        <span className="aside" role="status">
          {token === undefined
            ? "A token lets programs act as you; this one would end after 7 days."
            : "This is the only time that the token is shown. It ends after 7 days."}
        </span>
      </p>
      {failed !== undefined && <Fault error={failed} what="There is no new token" />}
    </section>
  );
}

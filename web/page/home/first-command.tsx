// The request that submits a first job, ready to be pasted, with a token when asked.
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { createToken } from "../account/tokens.ts";
import { useGateway } from "../gateway.ts";
import { Fault } from "../parts.tsx";
import { Snippet } from "../snippets/snippet.tsx";

export function FirstCommand() {
  const { client, clusters } = useGateway();
  const queries = useQueryClient();
  const [token, setToken] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  async function makeToken() {
    try {
      setToken((await createToken(client, "First job, by curl", 7)).token);
      setFailed(undefined);
      await queries.invalidateQueries({ queryKey: ["tokens"] });
    } catch (error) {
      setFailed(error);
    }
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
    <SpaceBetween size="s">
      <span>This sends a first job: a script of one line. It appears among your jobs by itself.</span>
      <Snippet title="Command that submits a first job" code={command} language="shell" />
      <SpaceBetween direction="horizontal" size="s" alignItems="center">
        {token === undefined && <Button onClick={() => void makeToken()}>Put an API token in</Button>}
        <span role="status">
          {token === undefined
            ? "A token lets programs act as you; this one would end after 7 days."
            : "This is the only time that the token is shown. It ends after 7 days."}
        </span>
      </SpaceBetween>
      {failed !== undefined && <Fault error={failed} what="There is no new token" />}
    </SpaceBetween>
  );
}

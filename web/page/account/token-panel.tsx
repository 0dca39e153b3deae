// The list of API tokens: make one, see its secret once, end one.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Token } from "../../../shared/contract/person.ts";
import { useFlash } from "../flash.tsx";
import { useGateway } from "../gateway.ts";
import { Fault, faultWords, Moment } from "../parts.tsx";
import { useMedia } from "../use-media.ts";
import { NewTokenForm } from "./new-token-form.tsx";
import { endToken, listTokens } from "./tokens.ts";

export function TokenPanel() {
  const { client } = useGateway();
  const { data, error } = useQuery({ queryKey: ["tokens"], queryFn: () => listTokens(client) });
  const phone = useMedia("(max-width: 688px)");
  const [making, setMaking] = useState(false);
  const [ending, setEnding] = useState<Token>();
  return (
    <>
      {error !== null && <Fault error={error} what="Your tokens cannot be read" />}
      <Table
        variant="container"
        items={data ?? []}
        trackBy="id"
        loading={data === undefined && error === null}
        loadingText="Reading your tokens"
        ariaLabels={{ tableLabel: "Your API tokens" }}
        wrapLines
        header={
          <Header
            variant="h2"
            description="A token lets a program act as you, without your password. Whoever has it can do what you can."
            counter={data ? `(${data.length})` : ""}
            actions={<Button onClick={() => setMaking(true)}>New token</Button>}
          >
            API tokens
          </Header>
        }
        columnDisplay={["name", "created", "ends", "end"].map((id) => ({ id, visible: id !== "created" || !phone }))}
        columnDefinitions={[
          { id: "name", header: "Name", isRowHeader: true, cell: ({ name }) => <bdi>{name}</bdi> },
          { id: "created", minWidth: 110, header: "Made", cell: ({ createdAt }) => <Moment at={createdAt} /> },
          { id: "ends", minWidth: 120, header: "Ends", cell: ({ expiresAt }) => <Ends at={expiresAt} /> },
          {
            id: "end",
            minWidth: 80,
            header: <span className="unseen">End the token</span>,
            cell: (token) => (
              <Button variant="inline-link" ariaLabel={`End the token ${token.name}`} onClick={() => setEnding(token)}>
                End
              </Button>
            ),
          },
        ]}
        empty={
          <Box textAlign="center" padding="m">
            <SpaceBetween size="s" alignItems="center">
              <span>You have no tokens. Make one to submit jobs from a program, or from a terminal.</span>
              <Button onClick={() => setMaking(true)}>Make a first token</Button>
            </SpaceBetween>
          </Box>
        }
      />
      {making && <NewTokenForm close={() => setMaking(false)} />}
      {ending && <EndDialog token={ending} close={() => setEnding(undefined)} />}
    </>
  );
}

function Ends({ at }: { at: string }) {
  return Date.parse(at) < Date.now() ? <>has ended</> : <Moment at={at} />;
}

function EndDialog({ token, close }: { token: Token; close: () => void }) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const { show } = useFlash();
  const [busy, setBusy] = useState(false);
  async function end() {
    setBusy(true);
    try {
      await endToken(client, token.id);
      queries.setQueryData<Token[]>(["tokens"], (old) => old?.filter(({ id }) => id !== token.id));
      show({ type: "success", content: `The token “${token.name}” is good for nothing any more.` });
    } catch (error) {
      show({ type: "error", content: `The token was not ended: ${faultWords(error)}` });
    }
    close();
  }
  return (
    <Modal
      visible
      onDismiss={close}
      header={`End the token “${token.name}”?`}
      closeAriaLabel="Close without ending it"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              Leave it
            </Button>
            <Button variant="primary" loading={busy} onClick={() => void end()}>
              End it
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      Programs that use it are refused from now on. This cannot be undone.
    </Modal>
  );
}

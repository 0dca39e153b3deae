// Makes a token in a dialog, and shows its secret this once.
import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useGateway } from "../gateway.ts";
import { Fault } from "../parts.tsx";
import { Snippet } from "../snippets/snippet.tsx";
import { createToken } from "./tokens.ts";

const spans = [7, 30, 90, 365].map((days) => ({ value: String(days), label: `${days} days` }));
const standard = { value: "90", label: "90 days" };

export function NewTokenForm({ close }: { close: () => void }) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [span, setSpan] = useState<{ value?: string; label?: string }>(standard);
  const [busy, setBusy] = useState(false);
  const [secret, setSecret] = useState<string>();
  const [failed, setFailed] = useState<unknown>();
  const given = name.trim();
  async function make() {
    if (given === "" || busy) return;
    setBusy(true);
    try {
      setSecret((await createToken(client, given, Number(span.value))).token);
      setFailed(undefined);
      void queries.invalidateQueries({ queryKey: ["tokens"] });
    } catch (error) {
      setFailed(error);
    }
    setBusy(false);
  }
  return (
    <Modal
      visible
      // the secret is lost with a click beside the dialog: only its button closes it then
      onDismiss={({ detail }) => (secret === undefined || detail.reason === "closeButton") && close()}
      header={secret === undefined ? "New API token" : "Your new token"}
      closeAriaLabel="Close"
      footer={
        <Box float="right">
          {secret === undefined ? (
            <SpaceBetween direction="horizontal" size="xs">
              <Button variant="link" onClick={close}>
                Leave it
              </Button>
              <Button variant="primary" disabled={given === ""} loading={busy} onClick={() => void make()}>
                Make the token
              </Button>
            </SpaceBetween>
          ) : (
            <Button variant="primary" onClick={close}>
              I have kept it
            </Button>
          )}
        </Box>
      }
    >
      {secret === undefined ? (
        <SpaceBetween size="m">
          <FormField label="Name" description="What will use it, so that you know it again.">
            <Input
              value={name}
              autoFocus
              placeholder="Notebook on my laptop"
              onChange={({ detail }) => setName(detail.value.slice(0, 100))}
              onKeyDown={({ detail }) => {
                if (detail.key === "Enter") void make();
              }}
            />
          </FormField>
          <FormField label="Good for">
            <Select
              selectedOption={span}
              options={spans}
              onChange={({ detail }) => setSpan(detail.selectedOption)}
              expandToViewport
            />
          </FormField>
          {failed !== undefined && <Fault error={failed} what="There is no new token" />}
        </SpaceBetween>
      ) : (
        <SpaceBetween size="m">
          <Alert type="warning">This is the only time that it is shown. Copy it to where it will be used.</Alert>
          <Snippet title="Token" code={secret} language="text" />
        </SpaceBetween>
      )}
    </Modal>
  );
}

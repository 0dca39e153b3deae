// Changes a job's name and description.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import { useJobChanged } from "../changes/use-changes.ts";
import { useGateway } from "../gateway.ts";
import { Fault } from "../parts.tsx";

const longestName = 200;
const longestDescription = 10_000;

export function EditWords({ job, close }: { job: Job; close: () => void }) {
  const { client } = useGateway();
  const changed = useJobChanged();
  const [name, setName] = useState(job.name ?? "");
  const [description, setDescription] = useState(job.description ?? "");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  async function save() {
    setBusy(true);
    try {
      changed(await client.change(job.id, { name: name.trim() || null, description: description.trim() || null }));
      close();
    } catch (fault) {
      setError(fault);
      setBusy(false);
    }
  }

  return (
    <Modal
      visible
      header="Name and description"
      closeAriaLabel="Close"
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              Do not change
            </Button>
            <Button variant="primary" loading={busy} onClick={() => void save()}>
              Save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <SpaceBetween size="m">
          <FormField label="Name" constraintText={`At most ${longestName} characters.`}>
            <Input value={name} autoFocus onChange={({ detail }) => setName(detail.value.slice(0, longestName))} />
          </FormField>
          <FormField label="Description">
            <Textarea
              value={description}
              rows={5}
              onChange={({ detail }) => setDescription(detail.value.slice(0, longestDescription))}
            />
          </FormField>
          {error !== undefined && <Fault error={error} what="It was not changed" />}
        </SpaceBetween>
      </form>
    </Modal>
  );
}

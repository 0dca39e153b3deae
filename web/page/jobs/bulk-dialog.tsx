// Asks before something is done to the chosen jobs, does it, and says how far it is.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { Job } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import { Fault } from "../parts.tsx";
import { jobTitle } from "../words.ts";
import { type BulkAction, type BulkOutcome, isTag, runBulk } from "./bulk.ts";
import { bulkWords, jobsWords } from "./bulk-words.ts";

type BulkDialogProps = {
  action: BulkAction;
  jobs: readonly Job[];
  close: () => void;
  finished: (outcome: BulkOutcome) => void;
};

const namesShown = 8;

export function BulkDialog({ action, jobs, close, finished }: BulkDialogProps) {
  const { client } = useGateway();
  const words = bulkWords[action];
  const [tag, setTag] = useState("");
  const [done, setDone] = useState<number>();
  const [failed, setFailed] = useState<unknown>();
  const wantsTag = action === "tag" || action === "untag";
  const given = tag.trim();
  const allowed = !wantsTag || isTag(given);
  const running = done !== undefined;

  async function go() {
    setDone(0);
    try {
      const ids = jobs.map(({ id }) => id);
      finished(await runBulk(client, action, ids, wantsTag ? given : undefined, setDone));
    } catch (error) {
      setFailed(error);
      setDone(undefined);
    }
  }
  return (
    <Modal
      visible
      onDismiss={() => !running && close()}
      header={words.title(jobsWords(jobs.length))}
      closeAriaLabel="Close without doing it"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close} disabled={running}>
              Leave it
            </Button>
            <Button variant="primary" onClick={() => void go()} loading={running} disabled={!allowed}>
              {words.button}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <span>{words.what}</span>
        {wantsTag && (
          <FormField
            label="Tag"
            errorText={given !== "" && !allowed ? "Accepted are 1 to 64 characters without commas" : ""}
          >
            <Input
              value={tag}
              autoFocus
              disabled={running}
              onChange={({ detail }) => setTag(detail.value)}
              onKeyDown={({ detail }) => {
                if (detail.key === "Enter" && allowed) void go();
              }}
            />
          </FormField>
        )}
        {running ? (
          <ProgressBar
            value={(100 * done) / jobs.length}
            label={words.doing}
            additionalInfo={`${done.toLocaleString("en")} of ${jobsWords(jobs.length)}`}
          />
        ) : (
          <ul className="names">
            {jobs.slice(0, namesShown).map((job) => (
              <li key={job.id}>
                <bdi>{jobTitle(job)}</bdi>
              </li>
            ))}
            {jobs.length > namesShown && <li>and {(jobs.length - namesShown).toLocaleString("en")} more</li>}
          </ul>
        )}
        {failed !== undefined && <Fault error={failed} what="It was not done" />}
      </SpaceBetween>
    </Modal>
  );
}

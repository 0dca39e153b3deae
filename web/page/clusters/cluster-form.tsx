// What an administrator says of a cluster: a notice for everybody, and whether it takes new jobs.
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import type { Cluster } from "../../../shared/contract/catalogue.ts";
import { useFlash } from "../flash.tsx";
import { useGateway } from "../gateway.ts";
import { Fault } from "../parts.tsx";
import { type Acceptance, acceptanceWords } from "./cluster-words.ts";

const longestNotice = 1_000;
const choices = Object.keys(acceptanceWords) as Acceptance[];

export function ClusterForm({ cluster }: { cluster: Cluster }) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const { show } = useFlash();
  // untouched, it follows what somebody else may set meanwhile
  const [written, setNotice] = useState<string>();
  const [chosen, setAccept] = useState<Acceptance>();
  const notice = written ?? cluster.notice ?? "";
  const accept = chosen ?? cluster.accept ?? "always";
  const [busy, setBusy] = useState(false);
  const [failed, setFailed] = useState<unknown>();
  const isSame = notice.trim() === (cluster.notice ?? "") && accept === (cluster.accept ?? "always");

  async function save() {
    setBusy(true);
    try {
      const is = await client.changeCluster(cluster.id, { notice: notice.trim() || null, accept });
      queries.setQueryData<Cluster[]>(["clusters"], (old) => old?.map((one) => (one.id === is.id ? is : one)));
      setFailed(undefined);
      setNotice(undefined);
      setAccept(undefined);
      show({ type: "success", content: `What is said of ${cluster.name} was changed.` });
    } catch (error) {
      setFailed(error);
    }
    setBusy(false);
  }

  return (
    <ExpandableSection headerText={`For administrators: what to say of ${cluster.name}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <SpaceBetween size="m">
          <FormField
            label="Notice"
            description="Everybody sees it on every page until you take it away."
            constraintText={`At most ${longestNotice.toLocaleString("en")} characters.`}
            stretch
          >
            <Textarea
              value={notice}
              rows={2}
              onChange={({ detail }) => setNotice(detail.value.slice(0, longestNotice))}
            />
          </FormField>
          <FormField label="Takes new jobs" description="Jobs that are there already go on in any case.">
            <RadioGroup
              value={accept}
              onChange={({ detail }) => setAccept(choices.find((one) => one === detail.value) ?? "always")}
              items={choices.map((value) => ({ value, label: capital(acceptanceWords[value]) }))}
            />
          </FormField>
          {failed !== undefined && <Fault error={failed} what="It was not changed" />}
          <Button formAction="submit" loading={busy} disabled={isSame}>
            Save
          </Button>
        </SpaceBetween>
      </form>
    </ExpandableSection>
  );
}

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

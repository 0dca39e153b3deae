// When a job ends or fails: whether it is tried again by itself, and who gets a mail.
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { defaultRetry } from "../../../shared/contract/job.ts";
import { useGateway } from "../gateway.ts";
import type { JobDocument } from "./document.ts";
import {
  addressesOf,
  type MailedState,
  mailLabels,
  mailOf,
  type RetryReason,
  reasonLabels,
  retryOf,
  withMail,
  withRetry,
} from "./end-fields.ts";
import type { DocumentFault } from "./faults.ts";
import { ListField } from "./list-field.tsx";
import { placedSentence, sentence } from "./sentence.ts";

type EndFormProps = {
  document: JobDocument;
  onChange: (document: JobDocument) => void;
  faults: readonly DocumentFault[];
};

const reasons = Object.keys(reasonLabels) as RetryReason[];
const states = Object.keys(mailLabels) as MailedState[];
const times = ["Never", "Once", "At most 2 times", "At most 3 times", "At most 4 times", "At most 5 times"];

/** What is said of a field of a part: "mail.to" and its items. */
function wordsAt(faults: readonly DocumentFault[], part: string, field: string): string | undefined {
  const fault = faults.find(({ path }) => path[0] === part && (path[1] ?? field) === field);
  if (fault === undefined) return undefined;
  // of several it says which
  return fault.path.length > 2 ? capital(placedSentence(fault)) : sentence(fault);
}

const capital = (words: string): string => `${words.charAt(0).toUpperCase()}${words.slice(1)}`;

export function EndForm(props: EndFormProps) {
  const { site } = useGateway();
  return (
    <SpaceBetween size="l">
      <RetryFields {...props} />
      {site.mail && <MailFields {...props} />}
    </SpaceBetween>
  );
}

function RetryFields({ document, onChange, faults }: EndFormProps) {
  const retry = retryOf(document);
  const options = times.map((label, limit) => ({
    value: String(limit),
    label,
    ...(limit === defaultRetry.limit ? { labelTag: "default" } : {}),
  }));
  return (
    <SpaceBetween size="s">
      <FormField
        label="Try again by itself"
        description="With the same inputs; what each attempt left is kept."
        errorText={wordsAt(faults, "retry", "limit")}
        stretch
      >
        <Select
          selectedOption={options[retry.limit] ?? { value: "?", label: String(retry.limit) }}
          options={options}
          onChange={({ detail }) =>
            onChange(withRetry(document, { ...retry, limit: Number(detail.selectedOption.value) }))
          }
        />
      </FormField>
      {retry.limit > 0 && (
        <Choices
          legend="After which endings?"
          labels={reasons.map((id) => ({ id, label: reasonLabels[id] }))}
          chosen={retry.on}
          onChange={(on) => onChange(withRetry(document, { ...retry, on }))}
          errorText={wordsAt(faults, "retry", "on")}
        />
      )}
    </SpaceBetween>
  );
}

function MailFields({ document, onChange, faults }: EndFormProps) {
  const { person } = useGateway();
  const mail = mailOf(document);
  // whoever unticks all and ticks again finds the addresses as they were
  const [kept, keep] = useState<readonly string[]>(mail.to.length > 0 ? mail.to : [person.email]);
  const to = mail.on.length > 0 ? mail.to : kept;
  function set(on: readonly MailedState[]) {
    if (on.length === 0) keep(to);
    onChange(withMail(document, { to, on }));
  }
  return (
    <SpaceBetween size="s">
      <Choices
        legend="Send a mail when it …"
        labels={states.map((id) => ({ id, label: mailLabels[id] }))}
        chosen={mail.on}
        onChange={set}
        errorText={wordsAt(faults, "mail", "on")}
      />
      {mail.on.length > 0 && (
        <ListField
          label="To"
          description="Up to five addresses. Enter or a comma ends one."
          errorText={wordsAt(faults, "mail", "to")}
          one="address"
          values={mail.to}
          split={addressesOf}
          ends={/[,;\s]$/}
          type="email"
          onChange={(to) => onChange(withMail(document, { ...mail, to }))}
        />
      )}
    </SpaceBetween>
  );
}

type ChoicesProps<Id extends string> = {
  legend: string;
  labels: readonly { id: Id; label: string }[];
  chosen: readonly Id[];
  onChange: (chosen: readonly Id[]) => void;
  errorText: string | undefined;
};

function Choices<Id extends string>({ legend, labels, chosen, onChange, errorText }: ChoicesProps<Id>) {
  return (
    <fieldset className="choices" aria-invalid={errorText !== undefined}>
      <legend>{legend}</legend>
      <FormField errorText={errorText} stretch>
        <div className="parameter-grid">
          {labels.map(({ id, label }) => (
            <Checkbox
              key={id}
              checked={chosen.includes(id)}
              onChange={({ detail }) =>
                onChange(
                  labels.map((one) => one.id).filter((one) => (one === id ? detail.checked : chosen.includes(one))),
                )
              }
            >
              {label}
            </Checkbox>
          ))}
        </div>
      </FormField>
    </fieldset>
  );
}

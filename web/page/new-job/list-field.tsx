// A field for several words, each entered by itself and shown as a token: tags, addresses.
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import TokenGroup from "@cloudscape-design/components/token-group";
import { type ReactNode, useState } from "react";

type ListFieldProps = {
  label: ReactNode;
  description: string;
  errorText: string | undefined;
  /** What one of them is called: "tag". */
  one: string;
  values: readonly string[];
  /** The words in what was typed or pasted. */
  split: (text: string) => string[];
  /** What ends a word as it is typed, beside Enter. */
  ends: RegExp;
  type?: "email";
  onChange: (values: string[]) => void;
};

export function ListField(props: ListFieldProps) {
  const { label, description, errorText, one, values, split, ends, type, onChange } = props;
  const [typed, setTyped] = useState("");
  const add = (text: string) => {
    const fresh = [...new Set(split(text))].filter((value) => !values.includes(value));
    setTyped("");
    if (fresh.length > 0) onChange([...values, ...fresh]);
  };
  return (
    <FormField label={label} description={description} errorText={errorText} stretch>
      <SpaceBetween size="xs">
        <div className="with-button">
          <Input
            value={typed}
            {...(type === undefined ? {} : { type })}
            ariaLabel={`New ${one}`}
            onChange={({ detail }) => (ends.test(detail.value) ? add(detail.value) : setTyped(detail.value))}
            onKeyDown={(event) => {
              if (event.detail.key !== "Enter") return;
              event.preventDefault();
              add(typed);
            }}
            onBlur={() => add(typed)}
          />
          <Button formAction="none" onClick={() => add(typed)} ariaLabel={`Add the ${one}`}>
            Add
          </Button>
        </div>
        {values.length > 0 && (
          <TokenGroup
            items={values.map((label) => ({ label, dismissLabel: `Remove the ${one} ${label}` }))}
            onDismiss={({ detail }) => onChange(values.toSpliced(detail.itemIndex, 1))}
          />
        )}
      </SpaceBetween>
    </FormField>
  );
}

// A job's tags: shown, taken away and added in place.
import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import Token from "@cloudscape-design/components/token";
import { useRef, useState } from "react";
import { type Job, Tag } from "../../../shared/contract/job.ts";
import { useJobChanged } from "../changes/use-changes.ts";
import { useGateway } from "../gateway.ts";
import { faultWords } from "../parts.tsx";

const mostTags = 32;

export function JobTags({ job }: { job: Job }) {
  const { client } = useGateway();
  const changed = useJobChanged();
  const [draft, setDraft] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [fault, setFault] = useState<string>();
  const opener = useRef<HTMLSpanElement>(null);
  const tags = job.tags ?? [];

  async function set(next: string[]): Promise<boolean> {
    setBusy(true);
    try {
      changed(await client.change(job.id, { tags: next }));
      setFault(undefined);
      return true;
    } catch (error) {
      setFault(`The tags were not changed: ${faultWords(error)}`);
      return false;
    } finally {
      setBusy(false);
    }
  }

  async function add() {
    const tag = (draft ?? "").trim();
    if (tag === "") return close();
    const read = Tag.safeParse(tag);
    if (!read.success) return setFault("A tag has 1 to 64 characters and no comma.");
    if (tags.includes(tag) || (await set([...tags, tag]))) setDraft("");
  }

  function close() {
    setDraft(undefined);
    setFault(undefined);
    // the field is gone: the focus goes back to what opened it
    requestAnimationFrame(() => opener.current?.querySelector("button")?.focus());
  }

  return (
    <div className="job-tags">
      {tags.map((tag) => (
        <Token
          key={tag}
          variant="inline"
          label={tag}
          dismissLabel={`Remove the tag ${tag}`}
          disabled={busy}
          onDismiss={() => void set(tags.filter((one) => one !== tag))}
        />
      ))}
      {draft === undefined ? (
        <span ref={opener}>
          <Button
            variant="inline-link"
            iconName="add-plus"
            onClick={() => setDraft("")}
            disabled={tags.length >= mostTags}
          >
            {tags.length === 0 ? "Add a tag" : "Add"}
          </Button>
        </span>
      ) : (
        <form
          className="job-tag-form"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <Input
            value={draft}
            autoFocus
            ariaLabel="New tag"
            placeholder="New tag"
            onChange={({ detail }) => setDraft(detail.value)}
            onKeyDown={({ detail }) => {
              if (detail.key === "Escape") close();
            }}
          />
          <Button formAction="submit" loading={busy}>
            Add
          </Button>
          <Button formAction="none" variant="link" onClick={close}>
            Done
          </Button>
        </form>
      )}
      {fault !== undefined && (
        <span className="job-fault" role="alert">
          {fault}
        </span>
      )}
    </div>
  );
}

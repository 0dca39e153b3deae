// The menu of views: each leads to its filter; the present filter can be kept under a name.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown, { type ButtonDropdownProps } from "@cloudscape-design/components/button-dropdown";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import { useFlash } from "../flash.tsx";
import { useFollow } from "../page-link.tsx";
import { isEverything, type JobFilter } from "./job-filter.ts";
import { addressOf, builtInViews, forgetView, keepView, readViews, suggestedName, type View, viewOf } from "./views.ts";

export function ViewsMenu({ filter }: { filter: JobFilter }) {
  const [views, setViews] = useState(readViews);
  const [naming, setNaming] = useState(false);
  const { show } = useFlash();
  const follow = useFollow();
  const current = viewOf(views, filter);
  const own = views.find(({ name }) => name === current?.name);
  const linkOf = ({ name, search }: View): ButtonDropdownProps.Item => ({
    id: `view ${name}`,
    text: name,
    href: addressOf(search),
    ...(current?.name === name ? { iconName: "check" } : {}),
  });
  const items: ButtonDropdownProps.ItemOrGroup[] = [
    ...builtInViews.map(linkOf),
    ...(views.length > 0 ? [{ text: "Your views", items: views.map(linkOf) }] : []),
    {
      text: "This view",
      items: [
        { id: "keep", text: "Keep it under a name …", disabled: isEverything(filter) },
        ...(own ? [{ id: "forget", text: `Forget “${own.name}”` }] : []),
      ],
    },
  ];
  function keep(name: string) {
    try {
      setViews(keepView(views, name, filter));
      show({ type: "success", content: `The view “${name}” is kept in this browser.`, id: "view" });
    } catch {
      show({
        type: "error",
        content: "This browser keeps nothing for this site, so the view is not kept.",
        id: "view",
      });
    }
    setNaming(false);
  }
  return (
    <>
      <ButtonDropdown
        items={items}
        onItemFollow={follow}
        onItemClick={({ detail }) => {
          if (detail.id === "keep") setNaming(true);
          if (detail.id === "forget" && own) setViews(forgetView(views, own.name));
        }}
      >
        {current ? `View: ${current.name}` : "Views"}
      </ButtonDropdown>
      {naming && <NameDialog suggestion={suggestedName(filter)} keep={keep} close={() => setNaming(false)} />}
    </>
  );
}

type NameDialogProps = { suggestion: string; keep: (name: string) => void; close: () => void };

function NameDialog({ suggestion, keep, close }: NameDialogProps) {
  const [name, setName] = useState(suggestion);
  const given = name.trim();
  const taken = builtInViews.some((view) => view.name === given);
  const fault = taken ? "That name is one of those that everybody has; accepted is any other" : "";
  return (
    <Modal
      visible
      onDismiss={close}
      header="Keep this view"
      closeAriaLabel="Close without keeping"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              Leave it
            </Button>
            <Button variant="primary" disabled={given === "" || taken} onClick={() => keep(given)}>
              Keep
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <FormField label="Name" description="It appears among the views, in this browser." errorText={fault}>
        <Input
          value={name}
          autoFocus
          onChange={({ detail }) => setName(detail.value.slice(0, 60))}
          onKeyDown={({ detail }) => {
            if (detail.key === "Enter" && given !== "" && !taken) keep(given);
          }}
        />
      </FormField>
    </Modal>
  );
}

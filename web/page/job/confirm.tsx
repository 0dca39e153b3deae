// Asks before something is done that cannot be undone.
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { type ReactNode, useState } from "react";
import { Fault } from "../parts.tsx";

type ConfirmProps = {
  header: string;
  /** What the button says that does it, and the one that does not. */
  action: string;
  keep: string;
  act: () => Promise<void>;
  close: () => void;
  children: ReactNode;
};

export function Confirm({ header, action, keep, act, close, children }: ConfirmProps) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  async function confirm() {
    setBusy(true);
    try {
      await act();
      close();
    } catch (fault) {
      setError(fault);
      setBusy(false);
    }
  }
  return (
    <Modal
      visible
      header={header}
      closeAriaLabel="Close"
      onDismiss={close}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={close}>
              {keep}
            </Button>
            <Button variant="primary" loading={busy} onClick={() => void confirm()}>
              {action}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <div>{children}</div>
        {error !== undefined && <Fault error={error} what="It was not done" />}
      </SpaceBetween>
    </Modal>
  );
}

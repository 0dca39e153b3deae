// Commands to head nodes by SSM: our own document, and only a batch's id crosses.
import { SendCommandCommand, SSMClient } from "@aws-sdk/client-ssm";
import { serviceFault } from "./fault.ts";

/** Seconds that a command may wait for its node; reconcile sends another later. */
const deliverySeconds = 120;

export type Commands = { run(target: string, batch: string): Promise<void> };

/** Commands of that document. Whether one arrived is learned from receipts, never from SSM. */
export function commands(document: string, client: Pick<SSMClient, "send"> = new SSMClient({})): Commands {
  return {
    run: async (target, batch) => {
      try {
        await client.send(
          new SendCommandCommand({
            DocumentName: document,
            InstanceIds: [target],
            Parameters: { batch: [batch] },
            TimeoutSeconds: deliverySeconds,
          }),
        );
      } catch (error) {
        throw serviceFault("SSM", error);
      }
    },
  };
}

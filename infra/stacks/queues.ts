// The queues: what is to be dispatched (in order, cluster by cluster) and the receipts that came in; each with a dead-letter queue.
import { Duration } from "aws-cdk-lib";
import { Queue, QueueEncryption, type QueueProps } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { functions } from "../../shared/functions.ts";

const maxReceiveCount = 5;

export class Queues extends Construct {
  readonly dispatch: Queue;
  readonly receipts: Queue;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.dispatch = this.#withDeadLetters("Dispatch", functions.dispatch.timeoutSeconds, {
      fifo: true,
      contentBasedDeduplication: false,
    });
    this.receipts = this.#withDeadLetters("Receipts", functions.observe.timeoutSeconds, {});
  }

  /** A message stays hidden for six times its function's time-out, as AWS advises, so that throttled batches do not count as failed. */
  #withDeadLetters(id: string, timeoutSeconds: number, props: QueueProps): Queue {
    const common = { ...props, encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true };
    const deadLetters = new Queue(this, `${id}DeadLetters`, { ...common, retentionPeriod: Duration.days(14) });
    return new Queue(this, id, {
      ...common,
      visibilityTimeout: Duration.seconds(6 * timeoutSeconds),
      deadLetterQueue: { queue: deadLetters, maxReceiveCount },
    });
  }
}

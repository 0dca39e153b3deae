// S3's event notifications: which change is told to which queue, in S3's own words.

import type { ObjectEvent } from "../s3/types.ts";
import { objectOf, objectsOf, textsOf } from "../template/properties.ts";

export type Notification = {
  bucket: string;
  queueArn: string;
  id: string;
  events: string[];
  prefix: string;
  suffix: string;
};

/** The queue notifications of a Custom::S3BucketNotifications. Throws on destinations that this machine does not serve. */
export function notificationsOf(properties: Record<string, unknown>): Notification[] {
  const bucket = String(properties.BucketName);
  const configuration = objectOf(properties.NotificationConfiguration);
  const others = Object.keys(configuration).filter((key) => key !== "QueueConfigurations");
  if (others.length > 0) throw new Error(`bucket ${bucket} tells ${others.join(", ")}; queues are served here`);
  return objectsOf(configuration.QueueConfigurations).map((queue, n) => {
    const rules = objectsOf(objectOf(objectOf(queue.Filter).Key).FilterRules);
    const rule = (name: string) => String(rules.find(({ Name }) => String(Name).toLowerCase() === name)?.Value ?? "");
    return {
      bucket,
      queueArn: String(queue.QueueArn),
      id: String(queue.Id ?? `notification-${n}`),
      events: textsOf(queue.Events),
      prefix: rule("prefix"),
      suffix: rule("suffix"),
    };
  });
}

/** Whether a change of a bucket is one that a notification asks for. */
export function asksFor(notification: Notification, event: ObjectEvent): boolean {
  const { bucket, events, prefix, suffix } = notification;
  if (event.bucket !== bucket || !event.key.startsWith(prefix) || !event.key.endsWith(suffix)) return false;
  return events.some((name) => {
    const wanted = name.replace(/^s3:/, "");
    return wanted.endsWith("*") ? event.eventName.startsWith(wanted.slice(0, -1)) : event.eventName === wanted;
  });
}

/** A key as S3's events write it: percent-encoded, spaces as plus signs, slashes as they are. */
export const eventKey = (key: string): string =>
  encodeURIComponent(key)
    .replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+")
    .replaceAll("%2F", "/");

/** The message that S3 sends for a change. */
export function eventMessage(
  event: ObjectEvent,
  o: { region: string; account: string; notification: Notification },
): string {
  return JSON.stringify({
    Records: [
      {
        eventVersion: "2.1",
        eventSource: "aws:s3",
        awsRegion: o.region,
        eventTime: event.time,
        eventName: event.eventName,
        userIdentity: { principalId: `AWS:${o.account}` },
        requestParameters: { sourceIPAddress: "127.0.0.1" },
        responseElements: { "x-amz-request-id": event.sequencer, "x-amz-id-2": "local" },
        s3: {
          s3SchemaVersion: "1.0",
          configurationId: o.notification.id,
          bucket: {
            name: event.bucket,
            ownerIdentity: { principalId: o.account },
            arn: `arn:aws:s3:::${event.bucket}`,
          },
          object: { key: eventKey(event.key), size: event.size, eTag: event.etag, sequencer: event.sequencer },
        },
      },
    ],
  });
}

/** What S3 sends once when a notification is set up: consumers must survive it. */
export const testMessage = (bucket: string): string =>
  JSON.stringify({
    Service: "Amazon S3",
    Event: "s3:TestEvent",
    Time: new Date().toISOString(),
    Bucket: bucket,
    RequestId: "LOCAL",
    HostId: "local",
  });

// What lies in S3: every receipt and every manifest that the head node has written, read as anybody with the right would.
import { GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";
import { ManifestFile, ManifestHead } from "../../shared/headnode/manifest.ts";
import { Receipt } from "../../shared/headnode/receipt.ts";
import { inTurns } from "../../shared/job/in-turns.ts";
import type { Case } from "./case.ts";
import { memberKey } from "./slurm-record.ts";

/** A member of a group as the receipts name it. */
export type Named = { job: string; attempt: number; group: string; index: number };

export type ObjectRecord = {
  /** By job: every (attempt, group, index) that some receipt of results names. */
  collected: Map<string, Named[]>;
  /** By "GROUP INDEX": every manifest that names the member, with its lines of it. */
  manifests: Map<string, { collection: string; files: ManifestFile[] }[]>;
};

/** Reads them all. */
export async function readObjects({ s3, cluster }: Case): Promise<ObjectRecord> {
  const { bucket, ...config } = s3;
  const client = new S3Client({ ...config, forcePathStyle: true });
  const read = async (key: string) =>
    (await (await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }))).Body?.transformToString()) ?? "";
  const list = async (prefix: string) => {
    const keys: string[] = [];
    let token: string | undefined;
    do {
      const page = await client.send(
        new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(token ? { ContinuationToken: token } : {}) }),
      );
      keys.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
      token = page.NextContinuationToken;
    } while (token !== undefined);
    return keys;
  };
  const collected = new Map<string, Named[]>();
  const receipts = (await list(`receipts/${cluster}/`)).filter((key) => key.endsWith(".json"));
  await inTurns(receipts, 16, async (key) => {
    const receipt = Receipt.parse(JSON.parse(await read(key)));
    if (receipt.kind !== "results") return;
    for (const { index, job, attempt } of receipt.members) {
      const names = collected.get(job) ?? [];
      collected.set(job, names);
      const named = { job, attempt, group: receipt.group, index };
      if (!names.some((one) => one.group === named.group && one.index === index && one.attempt === attempt))
        names.push(named);
    }
  });
  const manifests: ObjectRecord["manifests"] = new Map();
  const keys = (await list(`results/${cluster}/`)).filter((key) => key.endsWith("/manifest"));
  await inTurns(keys, 16, async (key) => {
    const [first = "", ...lines] = (await read(key)).trimEnd().split("\n");
    const head = ManifestHead.parse(JSON.parse(first));
    const files = lines.flatMap((line) => ManifestFile.safeParse(JSON.parse(line)).data ?? []);
    for (const index of head.members) {
      const member = memberKey(head.group, index);
      const own = files.filter((file) => file.member === index);
      manifests.set(member, [...(manifests.get(member) ?? []), { collection: head.collection, files: own }]);
    }
  });
  client.destroy();
  return { collected, manifests };
}

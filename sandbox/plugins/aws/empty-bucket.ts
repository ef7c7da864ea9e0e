import type { S3 } from './client.ts';

/** Deletes every version, delete marker and unfinished upload: what `forceDestroy` stands for. */
export async function emptyBucket({ sdk, client }: S3, Bucket: string): Promise<void> {
  const uploads = await client.send(new sdk.ListMultipartUploadsCommand({ Bucket }));
  for (const { Key, UploadId } of uploads.Uploads ?? []) {
    await client.send(new sdk.AbortMultipartUploadCommand({ Bucket, Key, UploadId }));
  }
  for (;;) {
    // The first page again and again, because each round deletes what it listed.
    const page = await client.send(new sdk.ListObjectVersionsCommand({ Bucket }));
    const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(
      ({ Key, VersionId }) => ({ Key, VersionId }),
    );
    if (Objects.length === 0) return;
    const { Errors } = await client.send(
      new sdk.DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    const [first] = Errors ?? [];
    // Object lock refuses deletions; without this the loop would not end.
    if (first !== undefined) throw new Error(`${first.Key}: ${first.Code}: ${first.Message}`);
  }
}

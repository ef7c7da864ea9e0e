import { createHash, createHmac } from 'node:crypto';

export interface BucketOptions {
  /** `https://host[:port]`; the bucket is the first part of the path. */
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

/** An object, or one version of it in a bucket that keeps versions. */
export interface StoredObject {
  readonly key: string;
  readonly version: string | undefined;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) =>
  createHmac('sha256', key).update(text).digest();
/** As the signature wants it: everything but the unreserved characters. */
const encode = (text: string) =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );

/** The few requests of S3 that erasing takes, signed with version 4. */
export class Bucket {
  readonly #options: BucketOptions;

  constructor(options: BucketOptions) {
    this.#options = options;
  }

  /** All objects whose key begins with `prefix`, with every version and delete marker. */
  async list(prefix: string): Promise<StoredObject[]> {
    const found: StoredObject[] = [];
    let after: Record<string, string> = {};
    for (;;) {
      const text = await this.#send('GET', '', { versions: '', prefix, ...after });
      for (const [, entry = ''] of text.matchAll(
        /<(?:Version|DeleteMarker)>(.*?)<\/(?:Version|DeleteMarker)>/gs,
      )) {
        const version = element(entry, 'VersionId');
        found.push({
          key: element(entry, 'Key') ?? '',
          version: version === 'null' ? undefined : version,
        });
      }
      if (element(text, 'IsTruncated') !== 'true') return found;
      after = {
        'key-marker': element(text, 'NextKeyMarker') ?? '',
        'version-id-marker': element(text, 'NextVersionIdMarker') ?? '',
      };
    }
  }

  /** Deletes an object for good: its version is gone, not hidden behind a marker. */
  async delete({ key, version }: StoredObject): Promise<void> {
    await this.#send('DELETE', key, version === undefined ? {} : { versionId: version });
  }

  async #send(method: string, key: string, query: Record<string, string>): Promise<string> {
    const { endpoint, bucket, region, accessKeyId, secretAccessKey } = this.#options;
    const { host } = new URL(endpoint);
    const path = `/${[bucket, ...(key === '' ? [] : key.split('/'))].map(encode).join('/')}`;
    const parameters = Object.entries(query)
      .map(([name, value]) => `${encode(name)}=${encode(value)}`)
      .sort()
      .join('&');
    const time = new Date().toISOString().replace(/[:-]|\.\d{3}/g, '');
    const body = sha256('');
    const headers = { host, 'x-amz-content-sha256': body, 'x-amz-date': time };
    const names = Object.keys(headers).join(';');
    const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}\n`);
    const request = [method, path, parameters, lines.join(''), names, body].join('\n');
    const scope = `${time.slice(0, 8)}/${region}/s3/aws4_request`;
    const key4 = scope.split('/').reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
    const signature = hmac(key4, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(request)}`);
    const answer = await fetch(`${endpoint}${path}?${parameters}`, {
      method,
      headers: {
        ...headers,
        authorization:
          `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names}, ` +
          `Signature=${signature.toString('hex')}`,
      },
      signal: AbortSignal.timeout(30_000),
    });
    const text = await answer.text();
    if (!answer.ok) {
      const code = element(text, 'Code') ?? '';
      throw new Error(`${method} in bucket ${bucket}: ${answer.status} ${code}`.trim());
    }
    return text;
  }
}

/** The text of the first element of this name. */
function element(xml: string, name: string): string | undefined {
  const text = new RegExp(`<${name}>(.*?)</${name}>`, 's').exec(xml)?.[1];
  return text
    ?.replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}

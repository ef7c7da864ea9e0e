import { createReadStream } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { SandboxError } from '../errors.ts';
import type { Descriptor } from './oci.ts';

/** The part of the registry protocol (Docker Registry HTTP API v2) that a push needs. */
export class Registry {
  readonly #base: URL;
  readonly #agent = new Agent({ keepAlive: true });

  /** @param baseUrl such as `http://127.0.0.1:5000`; plain HTTP, because it never leaves the host */
  constructor(baseUrl: string) {
    this.#base = new URL(baseUrl);
  }

  /** Digest of the manifest that a tag names, or undefined if the registry does not have it. */
  async taggedDigest(repository: string, tag: string): Promise<string | undefined> {
    const path = `/v2/${repository}/manifests/${tag}`;
    const accept = 'application/vnd.oci.image.manifest.v1+json';
    const { headers } = await this.#send('HEAD', path, [200, 404], { accept });
    const digest = headers['docker-content-digest'];
    return typeof digest === 'string' ? digest : undefined;
  }

  /** Sends a file as a blob, unless the repository has it. */
  async pushBlob(repository: string, blob: Descriptor, file: string): Promise<boolean> {
    const path = `/v2/${repository}/blobs`;
    const { status } = await this.#send('HEAD', `${path}/${blob.digest}`, [200, 404]);
    if (status === 200) return false;
    const { headers } = await this.#send('POST', `${path}/uploads/`, [202]);
    // Where the upload continues is the registry's choice, and may carry a query of its own.
    const location = new URL(headers.location ?? '', this.#base);
    location.searchParams.set('digest', blob.digest);
    const about = { 'content-type': 'application/octet-stream', 'content-length': blob.size };
    await this.#send('PUT', location.pathname + location.search, [201], about, () =>
      createReadStream(file, { highWaterMark: 1 << 20 }),
    );
    return true;
  }

  /** Makes the tag name this manifest. All its blobs must have been pushed. */
  async pushManifest(repository: string, tag: string, manifest: Descriptor, bytes: Buffer) {
    const about = { 'content-type': manifest.mediaType, 'content-length': bytes.length };
    await this.#send('PUT', `/v2/${repository}/manifests/${tag}`, [201], about, () =>
      Readable.from([bytes]),
    );
  }

  /** Ends the connections. */
  close(): void {
    this.#agent.destroy();
  }

  async #send(
    method: string,
    path: string,
    expected: readonly number[],
    headers: Record<string, string | number> = {},
    body: () => Readable = () => Readable.from([]),
  ): Promise<{ status: number; headers: IncomingMessage['headers'] }> {
    const { hostname, port, origin } = this.#base;
    const options = { hostname, port, path, method, headers, agent: this.#agent };
    try {
      const sending = request(options);
      const answer = new Promise<IncomingMessage>((resolve, reject) => {
        sending.on('response', resolve).on('error', reject);
      });
      const [response] = await Promise.all([answer, pipeline(body(), sending)]);
      const chunks: Buffer[] = [];
      for await (const chunk of response) chunks.push(chunk as Buffer);
      const status = response.statusCode ?? 0;
      if (expected.includes(status)) return { status, headers: response.headers };
      const text = Buffer.concat(chunks).toString().trim().slice(0, 300);
      throw new Error(`${method} ${origin}${path}: status ${status}. ${text}`);
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      if (code !== 'ECONNREFUSED') throw cause;
      const fix = 'Run "make up", which starts it, and look at .cache/logs/registry.log.';
      throw new SandboxError(`the image registry does not answer at ${origin}.`, fix);
    }
  }
}

import { existsSync, mkdirSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';

import type { BucketOptions } from '../../src/offboard/bucket.ts';
import { freePort, Process } from './process.ts';
import type { Servers } from './servers.ts';

/** A bucket of a real S3 server; its objects are the files below `folder`. */
export interface ObjectStore {
  readonly bucket: BucketOptions;
  readonly folder: string;
}

/** Starts versitygw; undefined where the program is missing. It ends with the servers. */
export async function startObjectStore(servers: Servers): Promise<ObjectStore | undefined> {
  const program = process.env['VERSITYGW'] ?? join(process.cwd(), '.cache/bin/versitygw');
  if (!existsSync(program)) return undefined;
  const root = join(servers.directory, 'objects');
  const folder = join(root, 'tenants');
  mkdirSync(folder, { recursive: true });
  const port = await freePort();
  const bucket = {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: 'tenants',
    region: 'us-east-1',
    accessKeyId: 'test',
    secretAccessKey: servers.password,
  };
  const server = new Process(program, ['--port', `127.0.0.1:${port}`, 'posix', root], {
    env: { ROOT_ACCESS_KEY_ID: bucket.accessKeyId, ROOT_SECRET_ACCESS_KEY: bucket.secretAccessKey },
  });
  await server.ready(
    () =>
      new Promise<void>((resolve, reject) => {
        const socket = connect(port, '127.0.0.1', () => {
          socket.destroy();
          resolve();
        }).once('error', reject);
      }),
  );
  return { bucket, folder };
}

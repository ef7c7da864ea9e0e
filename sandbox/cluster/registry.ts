import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { ports } from '../addresses.ts';
import { ensureDaemon, lastLines } from '../daemon.ts';
import { cacheDir } from '../paths.ts';
import { waitFor } from '../wait.ts';

/** Base address of the mirror that answers for every upstream registry. */
export const registryUrl = `http://127.0.0.1:${ports.registry}`;

/** Starts the image mirror; its store outlives `down`, because it is made of builds, not of state. */
export async function startRegistry(): Promise<void> {
  const dir = join(cacheDir, 'registry');
  mkdirSync(dir, { recursive: true });
  const config = join(dir, 'config.yml');
  const settings = {
    version: '0.1',
    log: { level: 'warn', accesslog: { disabled: true } },
    storage: {
      filesystem: { rootdirectory: join(dir, 'store') },
      cache: { blobdescriptor: 'inmemory' },
    },
    http: { addr: `127.0.0.1:${ports.registry}` },
  };
  writeFileSync(config, JSON.stringify(settings));
  await ensureDaemon({ name: 'registry', command: 'docker-registry', args: ['serve', config] });
  await waitFor('the image mirror', 20, async () => {
    const answer = await fetch(`${registryUrl}/v2/`);
    return answer.ok ? undefined : lastLines('registry');
  });
}

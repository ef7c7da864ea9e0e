import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { dump, load } from 'js-yaml';

import { SandboxError } from './errors.ts';
import { run } from './exec.ts';
import { binDir, projectDir } from './paths.ts';
import { report } from './progress.ts';
import { embedded, ofContext, settingsFile, type Target } from './target.ts';

/** Digests of the images in the user's registry; without it those that the sandbox built are used. */
const ownImagesLock = 'images.lock.json';

const kubectl = join(binDir, 'kubectl');

/** Whether the user has said which images their cluster pulls, so that none need be built. */
export function hasOwnImages(): boolean {
  return existsSync(join(projectDir, ownImagesLock));
}

interface StackFile {
  readonly config: { readonly 'saas-platform:settings': Record<string, Record<string, unknown>> };
}

/** Shows the user's own cluster and writes the settings of its stack where there are none. */
export async function ownCluster(context: string): Promise<Target> {
  const server = await serverOf(context);
  report(`using your own cluster: context "${context}" at ${server}`);
  const target = ofContext(context);
  const file = settingsFile(target);
  if (existsSync(file)) return target;
  const { config } = load(readFileSync(settingsFile(embedded), 'utf8')) as StackFile;
  const settings = config['saas-platform:settings'];
  // The embedded cluster's storage class is left out, which means the default one.
  settings['cluster'] = { context, identifier: context, apiServer: await apiServer(context) };
  if (hasOwnImages()) settings['images'] = { ...settings['images'], lock: ownImagesLock };
  else
    report(
      `your cluster must be able to pull the images built here; ${ownImagesLock} names others`,
    );
  writeFileSync(file, dump({ config: { 'saas-platform:settings': settings } }));
  report(`settings written to ${file}`);
  return target;
}

async function serverOf(context: string): Promise<string> {
  const view = await run(kubectl, ['config', 'view', '-o', 'json']);
  const { contexts, clusters } = JSON.parse(view) as {
    readonly contexts:
      { readonly name: string; readonly context: { readonly cluster: string } }[] | null;
    readonly clusters:
      { readonly name: string; readonly cluster: { readonly server: string } }[] | null;
  };
  const entry = contexts?.find(({ name }) => name === context);
  if (entry === undefined) {
    const names = (contexts ?? []).map(({ name }) => name).join(', ');
    throw new SandboxError(
      `your kubeconfig has no context "${context}".`,
      names === '' ? 'It has none; set KUBECONFIG.' : `It has: ${names}.`,
    );
  }
  const cluster = clusters?.find(({ name }) => name === entry.context.cluster);
  return cluster?.cluster.server ?? 'an unknown address';
}

/** Addresses and port of the API server behind its Service, which the network policies open. */
async function apiServer(context: string): Promise<{ cidr: string; port: number }> {
  const query = ['get', 'endpoints', 'kubernetes', '-n', 'default', '-o', 'json'];
  let text: string;
  try {
    text = await run(kubectl, ['--context', context, '--request-timeout=20s', ...query]);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n').at(-1) : String(error);
    throw new SandboxError(
      `the cluster of context "${context}" does not answer: ${reason}`,
      'Check that it runs and that your credentials are valid.',
    );
  }
  const { subsets } = JSON.parse(text) as {
    readonly subsets: {
      readonly addresses: { readonly ip: string }[];
      readonly ports: { readonly port: number }[];
    }[];
  };
  const addresses = subsets.flatMap((subset) => subset.addresses.map(({ ip }) => ip));
  return { cidr: covering(addresses), port: subsets[0]?.ports[0]?.port ?? 443 };
}

/** The smallest IPv4 block that holds all addresses. */
export function covering(addresses: readonly string[]): string {
  const numbers = addresses.map((address) =>
    address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0),
  );
  let size = 1;
  const block = (address: number) => Math.floor(address / size);
  while (new Set(numbers.map(block)).size > 1) size *= 2;
  const first = block(numbers[0] ?? 0) * size;
  const parts = [24, 16, 8, 0].map((bits) => Math.floor(first / 2 ** bits) % 256);
  return `${parts.join('.')}/${32 - Math.log2(size)}`;
}

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { dump, load } from 'js-yaml';

import { SandboxError } from '../errors.ts';
import { projectDir } from '../paths.ts';

interface Settings {
  readonly cluster: { readonly context: string };
  readonly images: Readonly<Record<string, string>> & { readonly lock: string };
}

/** A copy of the project's settings that a plan may write to, and what in it differs. */
export interface PlanProject {
  readonly folder: string;
  /** Context of the kubeconfig that the stack names. */
  readonly context: string;
  /** What is not as it would be in a deployment, one sentence each. */
  readonly notes: readonly string[];
}

const PLACEHOLDER_DIGEST = `sha256:${'0'.repeat(64)}`;
const PLACEHOLDER_SECRET = 'placeholder-of-a-secret';

/**
 * Writes a project that runs the program of this one with the settings of a stack, but with state,
 * secrets and image digests of its own. Nothing of the real project is touched.
 */
export function writePlanProject(folder: string, stack: string): PlanProject {
  const source = join(projectDir, `Pulumi.${stack}.yaml`);
  if (!existsSync(source)) {
    throw new SandboxError(`there is no stack "${stack}".`, `Write STACK=${stacks().join('|')}.`);
  }
  const notes: string[] = [];
  const text = readFileSync(source, 'utf8');
  const { config } = load(text) as { readonly config: Record<string, unknown> };
  const known = withoutSecrets(config) as Record<string, unknown>;
  if (JSON.stringify(known) !== JSON.stringify(config)) {
    notes.push(`encrypted settings are "${PLACEHOLDER_SECRET}": only the stack's key opens them.`);
  }
  if (/^secretsprovider:/m.test(text)) {
    notes.push("the state is under a passphrase made for this run, not the stack's own key.");
  }
  const settings = known['saas-platform:settings'] as Settings;
  const { lock } = settings.images;
  const images = { ...settings.images, lock: relative(projectDir, join(folder, 'lock.json')) };
  if (existsSync(join(projectDir, lock))) {
    images.lock = lock;
  } else {
    notes.push(`${lock} is missing: all images have the placeholder digest sha256:000….`);
    const names = imageNames(settings).filter((name) => name !== lock);
    const digests = Object.fromEntries(names.map((name) => [name, PLACEHOLDER_DIGEST]));
    writeFileSync(join(folder, 'lock.json'), JSON.stringify(digests));
  }
  mkdirSync(join(folder, 'state'));
  const project = load(readFileSync(join(projectDir, 'Pulumi.yaml'), 'utf8')) as { main: string };
  write(folder, 'Pulumi.yaml', { ...project, main: join(projectDir, project.main) });
  const planned = { ...known, 'saas-platform:settings': { ...settings, images } };
  write(folder, `Pulumi.${stack}.yaml`, { config: planned });
  return { folder, context: settings.cluster.context, notes };
}

function write(folder: string, name: string, content: object): void {
  writeFileSync(join(folder, name), dump(content));
}

/** The references of every group `images`, wherever in the settings it stands. */
function imageNames(node: unknown): string[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, child]) =>
    key === 'images' ? Object.values(child as Record<string, string>) : imageNames(child),
  );
}

function stacks(): string[] {
  const files = readdirSync(projectDir).map((file) => /^Pulumi\.([^.]+)\.yaml$/.exec(file)?.[1]);
  return files.filter((name) => name !== undefined);
}

/** Pulumi writes an encrypted value as `secure: …`. */
function withoutSecrets(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutSecrets);
  if (typeof node !== 'object' || node === null) return node;
  if ('secure' in node) return PLACEHOLDER_SECRET;
  return Object.fromEntries(
    Object.entries(node).map(([key, child]) => [key, withoutSecrets(child)]),
  );
}

import { readFileSync } from 'node:fs';

import { ConfigError } from '../components/errors.ts';
import { ConfigProblems, type Settings } from './config.ts';
import type { MetricsSettings } from './config/metrics.ts';

type Configured = Omit<Settings['images'], 'lock'>;

/** Every image as `name:tag@sha256:…`: the tag is for people, the digest is what runs. */
export type Images = {
  readonly [K in keyof Configured]: Exclude<Configured[K], undefined>;
};

/**
 * Adds to every configured image the digest that the lock file holds for it.
 * Throws `ConfigProblems` with all images that it does not hold.
 */
export function resolveImages(
  images: Settings['images'],
  lock: Readonly<Record<string, string>>,
): Images {
  return withDigests('images', images, lock) as Images;
}

/** Images of the metrics stack by the name of their setting. */
export type MetricImages = Readonly<Record<keyof MetricsSettings['images'], string>>;

/** The same for the metrics stack; undefined where the stack sets none. */
export function resolveMetricImages(
  { observability }: Settings,
  lock: Readonly<Record<string, string>>,
): MetricImages | undefined {
  const images = observability?.metrics?.images;
  return images && withDigests('observability.metrics.images', images, lock);
}

function withDigests(
  path: string,
  references: Readonly<Record<string, string | undefined>>,
  lock: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const problems: ConfigError[] = [];
  const resolved = Object.entries(references).flatMap(([key, reference]) => {
    // The lock file stands among the images that it locks.
    if (key === 'lock' || reference === undefined) return [];
    const digest = lock[reference];
    if (digest === undefined || !/^sha256:[0-9a-f]{64}$/.test(digest)) {
      problems.push(
        new ConfigError(`${path}.${key}`, absent(reference, digest), hint(reference, lock)),
      );
    }
    return [[key, `${reference}@${digest ?? ''}`]];
  });
  if (problems.length > 0) throw new ConfigProblems(problems);
  return Object.fromEntries(resolved) as Record<string, string>;
}

function absent(reference: string, digest: string | undefined): string {
  return digest === undefined
    ? `"${reference}" is not in the lock file.`
    : `the lock file holds "${digest}" for "${reference}", which is no digest.`;
}

function hint(reference: string, lock: Readonly<Record<string, string>>): string | undefined {
  const name = reference.slice(0, reference.lastIndexOf(':') + 1);
  const others = Object.keys(lock).filter((key) => key.startsWith(name) && key !== reference);
  return others.length === 0 ? undefined : `It has ${others.join(', ')}.`;
}

/** Reads a lock file: `{ "docker.io/library/redis:8.0.2": "sha256:…" }`. */
export function readImagesLock(file: string): Record<string, string> {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigProblems([
      new ConfigError(
        'images.lock',
        `"${file}" cannot be read.`,
        'For the embedded cluster run `make up`; for another one write it from your registry.',
      ),
    ]);
  }
  const lock: unknown = JSON.parse(text);
  if (typeof lock !== 'object' || lock === null || Array.isArray(lock)) {
    throw new ConfigProblems([
      new ConfigError('images.lock', `"${file}" holds no map of digests.`),
    ]);
  }
  return lock as Record<string, string>;
}

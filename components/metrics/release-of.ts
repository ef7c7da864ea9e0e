import { ConfigError } from '../errors.ts';

/** Release in an image's tag, such as `3.12.0` of `…/prometheus:v3.12.0@sha256:…`. */
export function releaseOf(path: string, image: string): string {
  const release = /:v?(\d+\.\d+\.\d+)(?:[-+~][\w.-]+)?(?:@|$)/.exec(image)?.[1];
  if (release !== undefined) return release;
  throw new ConfigError(
    path,
    `"${image}" has no release as its tag.`,
    'The operator sets options by it: write a tag such as "v3.12.0".',
  );
}

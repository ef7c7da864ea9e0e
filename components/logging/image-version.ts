import { ConfigError } from '../errors.ts';

/** Version of the stack that an image's tag names; the operator must be told it beside the image. */
export function imageVersion(path: string, image: string): string {
  const version = /:(\d+\.\d+\.\d+)(@|$)/.exec(image)?.[1];
  if (version !== undefined) return version;
  throw new ConfigError(path, `the tag of "${image}" is no version.`, 'Write it like ":9.4.3".');
}

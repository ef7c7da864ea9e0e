import { ConfigError } from '../errors.ts';

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** Refuses an empty list and whatever is not a plain DNS name: no scheme, no port, no wildcard. */
export function checkHosts(path: string, hosts: readonly string[]): void {
  if (hosts.length === 0) throw new ConfigError(path, 'the list is empty.');
  hosts.forEach((host, index) => {
    const labels = host.split('.');
    if (host.length <= 253 && labels.length > 1 && labels.every((label) => LABEL.test(label))) {
      return;
    }
    const guess = host
      .toLowerCase()
      .replace(/^[a-z]+:\/\//, '')
      .replace(/[:/].*$/, '');
    const better = guess !== host && guess.includes('.') ? `Did you mean "${guess}"?` : undefined;
    throw new ConfigError(`${path}[${index}]`, `"${host}" is not a DNS name.`, better);
  });
}

import { ConfigError } from '../errors.ts';

const KUBERNETES: Readonly<Record<string, number>> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};
/** PostgreSQL counts in powers of two whatever the letter says. */
const POSTGRES: Readonly<Record<string, number>> = {
  B: 1,
  kB: 2 ** 10,
  MB: 2 ** 20,
  GB: 2 ** 30,
  TB: 2 ** 40,
};

/** Bytes of a Kubernetes quantity such as `20Gi`. Anything else is a `ConfigError`. */
export function kubernetesBytes(path: string, quantity: string): number {
  const hint = /^(\d+)\s*([kmgt])i?b?$/i.exec(quantity);
  const letter = hint?.[2]?.toUpperCase();
  return bytes(path, quantity, KUBERNETES, hint === null ? '20Gi' : `${hint[1]}${letter}i`);
}

/** Bytes of a PostgreSQL size such as `256MB`. Anything else is a `ConfigError`. */
export function postgresBytes(path: string, size: string): number {
  const hint = /^(\d+)\s*([kmgt])i?b?$/i.exec(size);
  const letter = hint?.[2]?.toUpperCase().replace('K', 'k');
  return bytes(path, size, POSTGRES, hint === null ? '256MB' : `${hint[1]}${letter}B`);
}

/** A PostgreSQL size of whole megabytes, rounded down; at least one. */
export function postgresSize(size: number): string {
  const megabytes = Math.max(1, Math.floor(size / 2 ** 20));
  return megabytes % 1024 === 0 ? `${megabytes / 1024}GB` : `${megabytes}MB`;
}

function bytes(
  path: string,
  text: string,
  units: Readonly<Record<string, number>>,
  suggestion: string,
): number {
  const [, digits, unit = ''] = /^(\d+(?:\.\d+)?)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = digits === undefined ? undefined : units[unit];
  if (factor === undefined) {
    throw new ConfigError(path, `"${text}" is not a size.`, `Did you mean "${suggestion}"?`);
  }
  return Number(digits) * factor;
}

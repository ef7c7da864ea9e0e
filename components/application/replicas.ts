import { ConfigError } from '../errors.ts';

/** A fixed number of pods, or bounds within which load decides. */
export type Replicas = number | { readonly min: number; readonly max: number };

/** Refuses whatever is not a whole number from 1, and bounds that leave no room. */
export function checkReplicas(path: string, replicas: Replicas): void {
  const check = (at: string, count: number) => {
    if (Number.isInteger(count) && count >= 1) return;
    throw new ConfigError(at, `${count} must be a whole number from 1.`);
  };
  if (typeof replicas === 'number') {
    check(path, replicas);
    return;
  }
  const { min, max } = replicas;
  check(`${path}.min`, min);
  check(`${path}.max`, max);
  if (min < max) return;
  const hint = min === max ? `Write ${path}: ${min}.` : `Did you mean ${max} to ${min}?`;
  throw new ConfigError(path, `${min} to ${max} leaves load nothing to decide.`, hint);
}

/** Pods that always run. */
export function least(replicas: Replicas): number {
  return typeof replicas === 'number' ? replicas : replicas.min;
}

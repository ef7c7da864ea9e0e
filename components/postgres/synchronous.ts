import { ConfigError } from '../errors.ts';

/** `spec.postgresql.synchronous` of a Cluster. */
export interface SynchronousSpec {
  readonly method: 'any';
  readonly number: 1;
  readonly dataDurability: 'required' | 'preferred';
  readonly failoverQuorum: true;
}

/**
 * Quorum replication: a commit returns once one standby has its WAL on disk, and the operator
 * promotes only a standby that provably has all of it (readable + writing > standbys).
 *
 * With three or more instances the durability is `required`: one standby can be lost and writes go
 * on, two lost stop them.
 *
 * With two, `required` would keep the survivor of a failover waiting for the instance that just
 * died. `preferred` takes a standby that is gone off the list, so the survivor writes alone. No
 * acknowledged write is lost by that: while the standby is off the list the quorum is empty, and the
 * operator then refuses to fail over to it. The price is availability: if the primary dies while
 * its only standby is away, writes wait until one that has everything is back.
 */
export function synchronousSpec(
  path: string,
  instances: number,
  synchronous: boolean,
): SynchronousSpec | undefined {
  if (!synchronous) return undefined;
  if (instances < 2) {
    throw new ConfigError(
      `${path}.synchronous`,
      'needs a standby, but there is one instance.',
      'Set instances to 2 or more, or synchronous to false.',
    );
  }
  const dataDurability = instances === 2 ? 'preferred' : 'required';
  return { method: 'any', number: 1, dataDurability, failoverQuorum: true };
}

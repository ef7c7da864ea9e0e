import { createHash } from 'node:crypto';

/**
 * ACL users and what each may do. Rules are read from left to right; a new user starts with nothing.
 * Every user has an own password, so that one that leaks can be changed alone.
 */
export const ACL_USERS = {
  /**
   * The application: only its families of keys (rate limits, sessions, revocations, caches and their
   * versions, tenant placement, events) and channels, nothing administrative.
   */
  app:
    '~app:* ~rl:* ~sess:* ~rev:* ~c:* ~cv:* ~tp:* ~evt:* &app:* &tp:* +@all -@admin -@dangerous ' +
    '+cluster|slots +cluster|shards +cluster|nodes +cluster|info +info',
  /** A replica at its primary. */
  replication: '+psync +replconf +ping',
  /** Readiness and liveness of a node. */
  probe: '+ping +cluster|info',
  /** The keeper beside each node: introduces nodes, takes a lost node's place, hands over. */
  keeper:
    '+ping +info +cluster|nodes +cluster|meet +cluster|replicate +cluster|forget ' +
    '+cluster|failover',
  /** Formation and the operator's work on a running cluster. */
  admin: '~* &* +@all',
  /** The metrics exporter. */
  exporter: '+ping +info +config|get +cluster|info +slowlog|get +latency',
  /** Dumps by `redis-cli --rdb`, which poses as a replica. */
  backup: '+psync +replconf +ping +sync +cluster|nodes',
} as const;

export type AclUser = keyof typeof ACL_USERS;

/** Text of the ACL file. It holds hashes, never passwords; the `default` user is off. */
export function aclFile(passwords: Readonly<Record<AclUser, string>>): string {
  const users = Object.entries(ACL_USERS).map(([user, rules]) => {
    const hash = createHash('sha256')
      .update(passwords[user as AclUser])
      .digest('hex');
    return `user ${user} on #${hash} ${rules}`;
  });
  return ['user default off', ...users, ''].join('\n');
}

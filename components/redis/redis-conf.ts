/** Port for clients and replication; the cluster bus is 10000 above it. */
export const REDIS_PORT = 6379;

/** Where the pod mounts what redis.conf and the scripts name. */
export const PATHS = {
  conf: '/etc/redis/conf/redis.conf',
  /** Folder of the Secret with `users.acl` and `auth.conf`. */
  auth: '/etc/redis/auth',
  tls: '/etc/redis/tls',
  scripts: '/etc/redis/scripts',
  data: '/data',
} as const;

/**
 * Text of redis.conf, the same for every node and without secrets. What differs between pods (name,
 * address) is set by `scripts/start.sh`. Values written with CONFIG SET are lost at a restart:
 * change them here. `maxmemoryBytes` is the data size at which writes are refused.
 */
export function redisConf(maxmemoryBytes: number): string {
  return `# Network: TLS only. Without a bind address a pod would be reachable on loopback only.
bind * -::*
port 0
tls-port ${REDIS_PORT}
tls-cluster yes
tls-replication yes
tls-cert-file ${PATHS.tls}/tls.crt
tls-key-file ${PATHS.tls}/tls.key
tls-ca-cert-file ${PATHS.tls}/ca.crt
tls-protocols "TLSv1.2 TLSv1.3"
# Clients log in by ACL; the bus demands a certificate whatever this says.
tls-auth-clients optional

# Users. The default user is off, so protected mode has nothing to protect.
protected-mode no
aclfile ${PATHS.auth}/users.acl
include ${PATHS.auth}/auth.conf

# Cluster. A dead primary is noticed after 4 s and replaced about 1.5 s later: writes are back well
# within 10 s, while a pause of the machine for 2 or 3 s does not yet cost a failover.
cluster-enabled yes
cluster-config-file nodes.conf
cluster-node-timeout 4000
cluster-preferred-endpoint-type hostname
# One lost shard must not stop the other two.
cluster-require-full-coverage no
# A replica that was cut off for longer than 10 node timeouts has lost too much to be promoted.
cluster-replica-validity-factor 10
# One replica per primary: demanding it would stop writes at every restart of a replica.
min-replicas-to-write 0

# Durability: a crash costs about 1 s of writes at most.
dir ${PATHS.data}
appendonly yes
appendfsync everysec
save 900 1 300 10 60 10000
# Below the pod's grace period; replicas catch up while the node shuts down.
shutdown-timeout 10

# Memory. Sessions, rate limits and streams live here: evicting a session logs a user out, evicting
# a rate limit lifts it, evicting a stream loses events, and all that silently. A full node refuses
# writes instead, which alerts notice; caches set an expiry and so make room by themselves.
maxmemory ${maxmemoryBytes}
maxmemory-policy noeviction
`;
}

/** Text of auth.conf, the secret part of redis.conf: how a replica logs in at its primary. */
export function authConf(replicationPassword: string): string {
  return `masteruser replication\nmasterauth ${replicationPassword}\n`;
}

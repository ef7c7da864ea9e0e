import type { Allowance } from './waivers.ts';

const LOCAL = ['local'] as const;
/** Stacks whose data is for trying things out. */
const REHEARSALS = ['local', 'staging'] as const;

/** Databases and buckets that break a rule by their nature, each with the reason. */
export const dataAllowances: readonly Allowance[] = [
  {
    rule: 'PG-01',
    object: 'Cluster saas-data/postgres',
    places: 2,
    stacks: REHEARSALS,
    reason: 'Two instances are enough to rehearse a failover, and may share a node.',
  },
  {
    rule: 'PG-02',
    object: 'Cluster saas-data/postgres',
    places: 1,
    stacks: REHEARSALS,
    reason:
      'With two instances, demanding the second one would stop writes at each of its restarts.',
  },
  {
    rule: 'PG-03',
    object: 'ObjectStore saas-data/postgres-store',
    places: 1,
    stacks: REHEARSALS,
    reason: 'Data of rehearsals is made anew; its backups end earlier.',
  },
  {
    rule: 'PG-05',
    object: 'DatabaseRole saas-data/postgres-app-platform',
    places: 1,
    reason:
      'The audit relay, onboarding and moves work across tenants; requests never use this role.',
  },
  {
    rule: 'PG-07',
    object: 'Cluster saas-data/postgres',
    places: 1,
    stacks: LOCAL,
    reason: 'A second volume on the one disk of a rehearsal would keep nothing apart.',
  },
  {
    rule: 'PG-10',
    object: 'Pooler saas-data/postgres-pooler',
    places: 2,
    stacks: LOCAL,
    reason: 'One pod is enough where the one node takes all of them down at once.',
  },
  {
    rule: 'RD-03',
    object: 'StatefulSet saas-data/redis',
    places: 1,
    stacks: LOCAL,
    reason: 'The local Redis holds sessions of a rehearsal, and is made anew instead of restored.',
  },
  ...['S3-01', 'S3-02', 'S3-03', 'S3-07', 'S3-08', 'S3-09', 'S3-10'].map((rule): Allowance => ({
    rule,
    object: 'aws:s3/bucket:Bucket backup-bucket',
    places: 1,
    stacks: LOCAL,
    reason:
      'The S3 server inside the cluster has no such setting; only pods of the cluster reach it.',
  })),
  {
    rule: 'S3-05',
    object: 'aws:s3/bucketPolicy:BucketPolicy backup-policy',
    places: 1,
    stacks: LOCAL,
    reason: 'The S3 server inside the cluster encrypts nothing, so there is no key to demand.',
  },
  {
    rule: 'S3-11',
    object: 'aws:s3/bucket:Bucket backup-bucket',
    places: 1,
    stacks: LOCAL,
    reason: 'The local cluster goes as a whole, and its backups with it.',
  },
  ...['Cluster saas-data/postgres', 'StatefulSet saas-data/redis'].map((object): Allowance => ({
    rule: 'OB-02',
    object,
    places: 4,
    stacks: LOCAL,
    reason: 'The local cluster has no Prometheus: its tests ask the databases themselves.',
  })),
  ...['S3-07', 'S3-09', 'S3-10'].map((rule): Allowance => ({
    rule,
    object: 'aws:s3/bucket:Bucket backup-bucket',
    places: 1,
    stacks: ['staging'],
    reason: 'Data of rehearsals is made anew, and staging must be able to go, bucket included.',
  })),
  {
    rule: 'OB-01',
    object: 'Alertmanager saas-observability/metrics',
    places: 1,
    stacks: ['staging'],
    reason: 'Nobody is called for staging: one Alertmanager shows that alerts arrive.',
  },
];

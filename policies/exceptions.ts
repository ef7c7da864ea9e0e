import type { Exception } from './waivers.ts';

/** Objects that may break a rule for a while. */
export const exceptions: readonly Exception[] = [
  {
    rule: 'OB-02',
    object: 'PerconaServerMongoDB saas-data/documents',
    places: 4,
    stacks: ['staging', 'prod'],
    owner: 'platform team',
    since: '2026-11-25',
    until: '2027-01-31',
    reason: 'Nothing scrapes MongoDB yet: its exporter is not part of the platform.',
  },
  {
    rule: 'S3-10',
    object: 'aws:s3/bucket:Bucket backup-bucket',
    places: 1,
    stacks: ['prod'],
    owner: 'platform team',
    since: '2026-11-25',
    until: '2027-02-22',
    reason:
      'A copy in a second region needs a bucket and a key there, which the settings do not name yet.',
  },
];

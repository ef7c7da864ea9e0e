import { account, debian, files, type Recipe } from '../recipe.ts';

/** The pooler. The operator copies its manager into the pod, which then runs `/usr/bin/pgbouncer`. */
export const pgbouncer: Recipe = {
  name: 'pgbouncer',
  reference: 'ghcr.io/cloudnative-pg/pgbouncer:1.24.1',
  layers: [
    debian(['base-files', 'coreutils', 'dash', 'libc-bin', 'pgbouncer']),
    files(
      // The operator's access file lets the user of this name in by `peer`.
      ...account('pgbouncer', '998:996'),
      { kind: 'link', path: '/usr/bin/pgbouncer', target: '../sbin/pgbouncer' },
    ),
  ],
  user: '998:996',
  command: ['pgbouncer'],
};

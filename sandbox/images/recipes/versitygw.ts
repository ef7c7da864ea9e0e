import { files, program, type Recipe } from '../recipe.ts';

/** The object store: an S3 gateway over a folder. */
export const versitygw: Recipe = {
  name: 'versitygw',
  reference: 'ghcr.io/versity/versitygw:v1.8.0',
  layers: [
    files(program('versitygw', '/usr/local/bin/versitygw'), {
      kind: 'directory',
      path: '/tmp',
      mode: 0o1777,
    }),
  ],
  user: '65532:65532',
  entrypoint: ['/usr/local/bin/versitygw'],
  ports: ['7070/tcp'],
};

import { files, program, type Recipe } from '../recipe.ts';

/** The gateway. */
export const traefik: Recipe = {
  name: 'traefik',
  reference: 'docker.io/library/traefik:v3.6.12',
  layers: [
    files(
      program('traefik', '/usr/local/bin/traefik'),
      { kind: 'link', path: '/traefik', target: 'usr/local/bin/traefik' },
      { kind: 'directory', path: '/tmp', mode: 0o1777 },
    ),
  ],
  user: '65532:65532',
  entrypoint: ['/usr/local/bin/traefik'],
};

import { account, files, program, type Recipe } from '../recipe.ts';

/** The document store: MongoDB's protocol over PostgreSQL. */
export const ferretdb: Recipe = {
  name: 'ferretdb',
  reference: 'ghcr.io/ferretdb/ferretdb:1.24.2',
  layers: [
    files(
      program('ferretdb', '/ferretdb'),
      ...account('ferretdb', '1000:1000'),
      // It keeps its own identity here, and stops when the folder cannot be written.
      { kind: 'directory', path: '/state', owner: '1000:1000' },
    ),
  ],
  user: '1000:1000',
  entrypoint: ['/ferretdb'],
  env: {
    FERRETDB_LISTEN_ADDR: ':27017',
    FERRETDB_DEBUG_ADDR: ':8088',
    FERRETDB_STATE_DIR: '/state',
  },
  ports: ['27017/tcp', '8088/tcp'],
};

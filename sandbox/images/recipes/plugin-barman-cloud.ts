import { files, program, type Recipe } from '../recipe.ts';

/** The backup plugin beside the operator. */
export const pluginBarmanCloud: Recipe = {
  name: 'plugin-barman-cloud',
  reference: 'ghcr.io/cloudnative-pg/plugin-barman-cloud:v0.14.0',
  layers: [files(program('plugin-barman-cloud', '/manager'))],
  user: '10001:10001',
  entrypoint: ['/manager'],
};

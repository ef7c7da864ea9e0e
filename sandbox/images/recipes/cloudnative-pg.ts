import { files, program, type Recipe } from '../recipe.ts';

/** The operator. It also serves its own file to every instance pod, named by architecture. */
export const cloudnativePg: Recipe = {
  name: 'cloudnative-pg',
  reference: 'ghcr.io/cloudnative-pg/cloudnative-pg:1.30.0',
  layers: [
    files(program('cloudnative-pg', '/operator/manager_amd64'), {
      kind: 'link',
      path: '/manager',
      target: 'operator/manager_amd64',
    }),
  ],
  user: '10001:10001',
  entrypoint: ['/manager'],
};

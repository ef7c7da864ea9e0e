import { files, program, type Recipe } from '../recipe.ts';

/** Makes a folder on the node for every volume claim. */
export const localPathProvisioner: Recipe = {
  name: 'local-path-provisioner',
  reference: 'docker.io/rancher/local-path-provisioner:v0.0.30',
  layers: [files(program('local-path-provisioner', '/usr/bin/local-path-provisioner'))],
  user: '65532:65532',
  command: ['local-path-provisioner'],
};

import { files, type Recipe } from '../recipe.ts';

/** Holds the network of a pod while its containers come and go. */
export const pause: Recipe = {
  name: 'pause',
  reference: 'registry.k8s.io/pause:3.10',
  layers: [files({ kind: 'file', path: '/pause', from: { go: 'sandbox/images/pause/main.go' } })],
  user: '65535:65535',
  entrypoint: ['/pause'],
};

import { files, type Recipe } from '../recipe.ts';

/** The cluster's name server. */
export const coredns: Recipe = {
  name: 'coredns',
  reference: 'docker.io/coredns/coredns:1.14.7',
  layers: [
    files({ kind: 'file', path: '/coredns', from: { program: 'coredns' }, bindsLowPorts: true }),
  ],
  user: '65532:65532',
  entrypoint: ['/coredns'],
  ports: ['53/tcp', '53/udp'],
};

import { debian, files, type Recipe } from '../recipe.ts';

const prepare = `
mkdir -p bin
for applet in $(chroot . /usr/bin/busybox --list); do ln -s /usr/bin/busybox "bin/$applet"; done
ln -s busybox usr/bin/env
`;

/** A shell and the usual tools in one static program. */
export const busybox: Recipe = {
  name: 'busybox',
  reference: 'docker.io/library/busybox:1.36',
  layers: [
    debian(['busybox-static'], prepare),
    files({ kind: 'file', path: '/etc/passwd', from: { text: 'root:x:0:0:root:/root:/bin/sh\n' } }),
  ],
  command: ['sh'],
};

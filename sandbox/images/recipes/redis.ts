import { account, debian, files, type Recipe } from '../recipe.ts';

/** As in the official image, a configuration file or an option alone starts the server. */
const entrypoint = `#!/bin/sh
set -e
case "$1" in
  -* | *.conf) set -- redis-server "$@" ;;
esac
exec "$@"
`;

const tools = ['base-files', 'coreutils', 'dash', 'findutils', 'grep', 'hostname', 'libc-bin'];

/** Redis 8 with the tools that its start and probe scripts use. */
export const redis: Recipe = {
  name: 'redis',
  reference: 'docker.io/library/redis:8.0.2',
  layers: [
    debian([...tools, 'mawk', 'redis-server', 'redis-tools', 'sed']),
    files(
      ...account('redis', '999:1000', '/data'),
      { kind: 'link', path: '/usr/bin/awk', target: 'mawk' },
      { kind: 'directory', path: '/data', owner: '999:1000' },
      {
        kind: 'file',
        path: '/usr/local/bin/docker-entrypoint.sh',
        from: { text: entrypoint },
        mode: 0o755,
      },
    ),
  ],
  user: '999:1000',
  entrypoint: ['docker-entrypoint.sh'],
  command: ['redis-server'],
  workingDir: '/data',
  ports: ['6379/tcp'],
};

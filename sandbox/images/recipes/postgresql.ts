import { account, debian, files, type Recipe } from '../recipe.ts';

const prepare = `
# Just-in-time compilation is 190 MB of LLVM; PostgreSQL does without it when the library is absent.
rm -r usr/lib/postgresql/17/lib/llvmjit* usr/lib/postgresql/17/lib/bitcode
rm usr/lib/*/libLLVM* usr/lib/*/libz3*
# Debian's wrappers choose among several versions and need Perl.
find usr/bin -lname '*pg_wrapper' -delete
rm usr/bin/pg_* usr/sbin/pg_*
`;

const tools = ['base-files', 'bash', 'coreutils', 'dash', 'findutils', 'grep', 'libc-bin', 'sed'];

/** PostgreSQL 17, as the operator's "standard" image, without its optional extensions. */
export const postgresql: Recipe = {
  name: 'postgresql',
  reference: 'ghcr.io/cloudnative-pg/postgresql:17-standard-trixie',
  layers: [
    debian([...tools, 'postgresql-17'], prepare),
    // initdb refuses a user without a name, and the operator runs it as 26.
    files(...account('postgres', '26:26', '/var/lib/postgresql'), {
      // The list of time zones includes the local one, and fails as a whole without it.
      kind: 'link',
      path: '/etc/localtime',
      target: '/usr/share/zoneinfo/Etc/UTC',
    }),
  ],
  user: '26:26',
  env: {
    PATH: '/usr/lib/postgresql/17/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin',
    LANG: 'C.UTF-8',
  },
};

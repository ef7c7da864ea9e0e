import { account, debian, files, program, type Recipe } from '../recipe.ts';

const prepare = `
# requests reads this bundle when it is imported, even if every store brings its own CA.
mkdir -p etc/ssl/certs
cat usr/share/ca-certificates/mozilla/*.crt > etc/ssl/certs/ca-certificates.crt
# Descriptions of some 400 services; the archive speaks to the object store and the token service.
find usr/lib/python3/dist-packages/botocore/data -mindepth 1 -maxdepth 1 -type d \\
  ! -name s3 ! -name sts ! -name 'sso*' -exec rm -r {} +
# The root file system is read-only in the pod: without this every WAL segment compiles Python anew.
PYTHONHASHSEED=0 chroot . /usr/bin/python3 -m compileall -q \\
  --invalidation-mode unchecked-hash /usr/lib/python3 /usr/lib/python3.13
`;

const packages = [
  'base-files',
  'barman-cli-cloud',
  'ca-certificates',
  'dash',
  'python3-boto3',
  'python3-lz4',
  'python3-snappy',
  'python3-zstandard',
];

/** The plugin beside each PostgreSQL instance, with the Python tools it calls. */
export const pluginBarmanCloudSidecar: Recipe = {
  name: 'plugin-barman-cloud-sidecar',
  reference: 'ghcr.io/cloudnative-pg/plugin-barman-cloud-sidecar:v0.14.0',
  layers: [
    debian(packages, prepare),
    files(...account('postgres', '26:26', '/var/lib/postgresql')),
    files(program('plugin-barman-cloud', '/manager')),
  ],
  user: '26:26',
  entrypoint: ['/manager'],
  env: { LANG: 'C.UTF-8' },
};

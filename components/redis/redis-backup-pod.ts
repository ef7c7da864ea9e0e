import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import type { BackupAccess } from '../backup/backup-access.ts';
import { CONTAINER_SECURITY } from '../pod-security.ts';
import { PATHS } from './redis-conf.ts';
import {
  commonEnv,
  mount,
  password,
  redisPodSecurity,
  type RedisPodArgs,
  script,
} from './redis-pod.ts';

const DUMPS = '/dumps';
const STORE_CA = '/etc/redis/store';

export interface BackupPodArgs extends RedisPodArgs {
  /** Name of the ServiceAccount that may write to the bucket. */
  readonly account: pulumi.Input<string>;
  /** Image with the AWS command line. */
  readonly awsCli: pulumi.Input<string>;
  /** `s3://bucket/folder`. */
  readonly destination: pulumi.Input<string>;
  readonly access: BackupAccess;
  /** Bytes that all snapshots together may take. */
  readonly space: number;
}

/** Pod of one backup: the snapshots are taken first and sent only when all of them are good. */
export function backupPod(args: BackupPodArgs): k8s.types.input.core.v1.PodSpec {
  const { access, objects } = args;
  const dumps = { name: 'dumps', mountPath: DUMPS };
  const folder = { name: 'DUMP_DIR', value: DUMPS };
  return {
    serviceAccountName: args.account,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    restartPolicy: 'Never',
    securityContext: redisPodSecurity(),
    initContainers: [
      {
        name: 'dump',
        image: args.image,
        command: script('dump.sh'),
        env: [...commonEnv(args.fleet), folder, password('backup', objects.users)],
        resources: {
          requests: { cpu: '50m', memory: '32Mi' },
          limits: { cpu: '500m', memory: '128Mi' },
        },
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [mount('scripts', PATHS.scripts), mount('tls', PATHS.tls), dumps],
      },
    ],
    containers: [
      {
        name: 'upload',
        image: args.awsCli,
        command: script('upload.sh'),
        env: [
          folder,
          { name: 'TARGET', value: args.destination },
          // The command line keeps its cache of credentials below it.
          { name: 'HOME', value: '/tmp' },
          { name: 'AWS_REGION', value: access.region },
          ...credentials(access),
        ],
        resources: {
          requests: { cpu: '50m', memory: '128Mi' },
          limits: { cpu: '1', memory: '512Mi' },
        },
        securityContext: CONTAINER_SECURITY,
        volumeMounts: [
          mount('scripts', PATHS.scripts),
          { ...dumps, readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
          ...(access.kind === 'keys' ? [mount('store', STORE_CA)] : []),
        ],
      },
    ],
    volumes: [
      { name: 'scripts', configMap: { name: objects.scripts } },
      {
        name: 'tls',
        secret: { secretName: objects.certificate, items: [{ key: 'ca.crt', path: 'ca.crt' }] },
      },
      { name: 'dumps', emptyDir: { sizeLimit: `${Math.ceil(args.space / 2 ** 20)}Mi` } },
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      ...(access.kind === 'keys' ? [storeAuthority(access.caSecretName)] : []),
    ],
  };
}

function storeAuthority(secretName: pulumi.Input<string>): k8s.types.input.core.v1.Volume {
  return { name: 'store', secret: { secretName, items: [{ key: 'ca.crt', path: 'ca.crt' }] } };
}

/** With a role the cloud itself adds variables and token to pods of the account. */
function credentials(access: BackupAccess): k8s.types.input.core.v1.EnvVar[] {
  if (access.kind === 'role') {
    return access.keyArn === undefined ? [] : [{ name: 'KEY_ARN', value: access.keyArn }];
  }
  const key = (name: string, secretKey: string) => ({
    name,
    valueFrom: { secretKeyRef: { name: access.secretName, key: secretKey } },
  });
  return [
    { name: 'AWS_ENDPOINT_URL_S3', value: access.endpoint },
    { name: 'AWS_CA_BUNDLE', value: `${STORE_CA}/ca.crt` },
    key('AWS_ACCESS_KEY_ID', 'access-key-id'),
    key('AWS_SECRET_ACCESS_KEY', 'secret-access-key'),
  ];
}

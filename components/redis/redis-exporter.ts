import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { CONTAINER_SECURITY } from '../pod-security.ts';
import { REDIS_PORT } from './redis-conf.ts';

export const REDIS_EXPORTER_PORT = 9121;
const CA_FILE = '/etc/redis/ca.crt';

/**
 * redis_exporter beside a node: it logs in as the ACL user `exporter` and gives the node's state as
 * metrics.
 * @param users - name of the Secret with the passwords
 */
export function redisExporter(
  image: pulumi.Input<string>,
  users: pulumi.Input<string>,
): k8s.types.input.core.v1.Container {
  return {
    name: 'exporter',
    image,
    env: [
      // The certificate of the node holds this name, so it is verified.
      { name: 'REDIS_ADDR', value: `rediss://localhost:${REDIS_PORT}` },
      { name: 'REDIS_USER', value: 'exporter' },
      {
        name: 'REDIS_PASSWORD',
        valueFrom: { secretKeyRef: { name: users, key: 'exporter' } },
      },
      { name: 'REDIS_EXPORTER_TLS_CA_CERT_FILE', value: CA_FILE },
      { name: 'REDIS_EXPORTER_WEB_LISTEN_ADDRESS', value: `:${REDIS_EXPORTER_PORT}` },
    ],
    ports: [{ name: 'metrics', containerPort: REDIS_EXPORTER_PORT }],
    resources: {
      requests: { cpu: '10m', memory: '16Mi' },
      limits: { cpu: '100m', memory: '64Mi' },
    },
    securityContext: CONTAINER_SECURITY,
    // The authority alone: the key beside it is the node's.
    volumeMounts: [{ name: 'tls', mountPath: CA_FILE, subPath: 'ca.crt', readOnly: true }],
  };
}

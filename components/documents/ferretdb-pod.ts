import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import type { ServingCertificate } from '../certificates/serving-certificate.ts';
import { labels } from '../labels.ts';
import { Port } from '../network/port.ts';
import { CONTAINER_SECURITY, podSecurity } from '../pod-security.ts';

export const COMPONENT = 'documents';
/** Probes, metrics and profiles, without authentication: the default deny keeps pods away. */
const DEBUG_PORT = 8088;
/** Any but 0; the image has no user of its own. */
const USER = 10001;

export interface FerretDbPodArgs {
  readonly image: pulumi.Input<string>;
  readonly resources: k8s.types.input.core.v1.ResourceRequirements;
  readonly certificate: ServingCertificate;
  readonly postgresUrl: pulumi.Input<string>;
}

/** Pod template of a FerretDB server that listens on TLS only. */
export function ferretDbPod(
  name: string,
  { image, resources, certificate, postgresUrl }: FerretDbPodArgs,
): k8s.types.input.core.v1.PodTemplateSpec {
  const probe = (path: string) => ({ httpGet: { path, port: 'debug' } });
  return {
    metadata: {
      labels: labels(name, COMPONENT),
      annotations: { 'checksum/certificate': certificate.checksum },
    },
    spec: {
      automountServiceAccountToken: false,
      securityContext: podSecurity(USER),
      containers: [
        {
          name: 'ferretdb',
          image,
          args: [
            '--handler=postgresql',
            // Empty: no listener without TLS.
            '--listen-addr=',
            `--listen-tls=:${Port.mongo.port}`,
            '--listen-tls-cert-file=/tls/tls.crt',
            '--listen-tls-key-file=/tls/tls.key',
            `--debug-addr=:${DEBUG_PORT}`,
            // The state is only an identifier for telemetry, which is off.
            '--state-dir=-',
            '--telemetry=disable',
            '--log-format=json',
          ],
          env: [{ name: 'FERRETDB_POSTGRESQL_URL', value: postgresUrl }],
          ports: [
            { name: 'mongodb', containerPort: Port.mongo.port },
            { name: 'debug', containerPort: DEBUG_PORT },
          ],
          startupProbe: { ...probe('/debug/livez'), periodSeconds: 1, failureThreshold: 60 },
          readinessProbe: { ...probe('/debug/readyz'), periodSeconds: 5 },
          livenessProbe: { ...probe('/debug/livez'), periodSeconds: 20, timeoutSeconds: 5 },
          resources,
          securityContext: CONTAINER_SECURITY,
          volumeMounts: [{ name: 'tls', mountPath: '/tls', readOnly: true }],
        },
      ],
      volumes: [{ name: 'tls', secret: { secretName: certificate.secretName } }],
    },
  };
}

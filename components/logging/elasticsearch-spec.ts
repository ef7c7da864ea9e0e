import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources } from '../container-resources.ts';
import { labels } from '../labels.ts';
import { podSecurity } from '../pod-security.ts';
import { spread } from '../spread.ts';
import { volumeClaim } from '../volume-claim.ts';
import { COMPONENT } from './elasticsearch-access.ts';
import { imageVersion } from './image-version.ts';

/** User and group of the official images. */
const USER = 1000;
/** Elasticsearch reads a web identity only from its own configuration folder. */
const IDENTITY = '/usr/share/elasticsearch/config/repository-s3';
const TOKEN = 'aws-web-identity-token-file';

export interface ElasticsearchSpecArgs {
  /** Image by digest; its tag is the version. */
  readonly image: string;
  readonly nodes: number;
  /** Volume of each node, such as `50Gi`. */
  readonly storage: string;
  readonly storageClass?: string;
  /** Half of the memory becomes the heap, so request and limit of it should be equal. */
  readonly resources: ContainerResources;
  /** Secret with `tls.crt`, `tls.key` and `ca.crt` of the HTTP layer. */
  readonly certificate: pulumi.Input<string>;
  /** Users and roles, as `spec.auth` has them. */
  readonly auth: object;
  readonly serviceAccount: pulumi.Input<string>;
  /** Identity that writes snapshots. */
  readonly backup: { readonly roleArn: pulumi.Input<string>; readonly region: string };
}

/** Labels that the operator puts on the pods of a cluster. */
export function elasticsearchLabels(name: string): Record<string, string> {
  return {
    'common.k8s.elastic.co/type': 'elasticsearch',
    'elasticsearch.k8s.elastic.co/cluster-name': name,
  };
}

/** `spec` of the Elasticsearch object. */
export function elasticsearchSpec(name: string, args: ElasticsearchSpecArgs): object {
  const { image, nodes, storage, storageClass, certificate, auth, backup } = args;
  return {
    version: imageVersion(`${name}.image`, image),
    image,
    auth,
    http: { tls: { certificate: { secretName: certificate } } },
    // The default deletes the volumes together with the object.
    volumeClaimDeletePolicy: 'DeleteOnScaledownOnly',
    updateStrategy: { changeBudget: { maxUnavailable: 1, maxSurge: 0 } },
    nodeSets: [
      {
        name: 'default',
        count: nodes,
        config: {
          // Else the node would need vm.max_map_count, and a privileged container to raise it.
          'node.store.allow_mmap': false,
          's3.client.default.region': backup.region,
          // Nobody outside is told of us, and nothing is fetched from there.
          'ingest.geoip.downloader.enabled': false,
          'xpack.ml.enabled': false,
        },
        podTemplate: podTemplate(name, args),
        volumeClaimTemplates: [
          {
            // The operator mounts the claim of this name and no other.
            metadata: { name: 'elasticsearch-data' },
            spec: volumeClaim(storage, storageClass),
          },
        ],
      },
    ],
  };
}

/** Containers get the restricted security context from the operator; the pod's replaces its own. */
function podTemplate(name: string, args: ElasticsearchSpecArgs): object {
  const { nodes, resources, serviceAccount, backup } = args;
  return {
    metadata: { labels: labels(name, COMPONENT) },
    spec: {
      serviceAccountName: serviceAccount,
      automountServiceAccountToken: false,
      securityContext: restricted(),
      topologySpreadConstraints: spread(
        elasticsearchLabels(name),
        nodes >= 3 ? 'required' : 'preferred',
      ),
      containers: [
        {
          name: 'elasticsearch',
          resources,
          env: [
            { name: 'AWS_ROLE_ARN', value: backup.roleArn },
            { name: 'AWS_ROLE_SESSION_NAME', value: name },
            { name: 'AWS_WEB_IDENTITY_TOKEN_FILE', value: `${IDENTITY}/${TOKEN}` },
            { name: 'AWS_REGION', value: backup.region },
          ],
          volumeMounts: [{ name: 'identity', mountPath: IDENTITY, readOnly: true }],
        },
      ],
      volumes: [
        {
          name: 'identity',
          projected: {
            sources: [
              {
                serviceAccountToken: {
                  audience: 'sts.amazonaws.com',
                  expirationSeconds: 3600,
                  path: TOKEN,
                },
              },
            ],
          },
        },
      ],
    },
  };
}

/** Pod security of both images. The operator's own lacks what the restricted level asks for. */
export function restricted(): object {
  return { ...podSecurity(USER), fsGroupChangePolicy: 'OnRootMismatch' };
}

import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';
import * as random from '@pulumi/random';

import type { CertificateAuthority } from '../certificates/certificate-authority.ts';
import { labels, selector } from '../labels.ts';
import { Peer } from '../network/peer.ts';
import { CONTAINER_SECURITY, podSecurity } from '../pod-security.ts';
import { serviceNames } from '../service-names.ts';
import { volumeClaim } from '../volume-claim.ts';
import type { KeyAccess } from './backup-access.ts';

const COMPONENT = 'objects';
const PORT = 7070;
const REGION = 'us-east-1';
/** Any but 0; the image has no user of its own. */
const USER = 10001;

export interface ObjectGatewayArgs {
  /** Namespace of the store and of those who write to it. */
  readonly namespace: pulumi.Input<string>;
  /** versitygw image. */
  readonly image: pulumi.Input<string>;
  /** Signs the certificate of the store. */
  readonly authority: CertificateAuthority;
  /** Volume for all buckets, such as `10Gi`; its file system must keep user attributes (ext4, xfs). */
  readonly storage: string;
  /** Default: the cluster's default class. */
  readonly storageClass?: string;
  /** DNS domain of the cluster. Default: `cluster.local`. */
  readonly clusterDomain?: string;
}

/** Keys of the store; both are secrets. */
export interface GatewayCredentials {
  readonly accessKeyId: pulumi.Output<string>;
  readonly secretAccessKey: pulumi.Output<string>;
}

/** An S3 server on one volume (versitygw): the object store of a cluster without a cloud. */
export class ObjectGateway extends pulumi.ComponentResource {
  /** For workloads in the same namespace. Resolves after the store answers. */
  readonly access: KeyAccess;
  /** `https://<cluster IP>:7070`, for Pulumi itself, which may run outside the cluster's DNS. */
  readonly externalEndpoint: pulumi.Output<string>;
  /** Root keys of the store. */
  readonly credentials: GatewayCredentials;

  constructor(name: string, args: ObjectGatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super('saas:backup:ObjectGateway', name, args, opts);
    const { namespace, image, authority, storage } = args;
    const parent = { parent: this };
    const metadata = (objectName = name) => ({
      name: objectName,
      namespace,
      labels: labels(name, COMPONENT),
    });

    const accessKey = randomKey(`${name}-access-key`, 20, parent);
    const secretKey = randomKey(`${name}-secret-key`, 40, parent);
    const secret = new k8s.core.v1.Secret(
      `${name}-credentials`,
      {
        metadata: metadata(`${name}-credentials`),
        stringData: { 'access-key-id': accessKey.result, 'secret-access-key': secretKey.result },
      },
      parent,
    );
    const volume = new k8s.core.v1.PersistentVolumeClaim(
      `${name}-data`,
      {
        metadata: {
          ...metadata(`${name}-data`),
          // Waiting would never end where the class binds at the first pod, which comes later.
          annotations: { 'pulumi.com/skipAwait': 'true' },
        },
        spec: volumeClaim(storage, args.storageClass),
      },
      parent,
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: {
          ...metadata(),
          // The certificate needs the address, the pod the certificate: ready pods come last.
          annotations: { 'pulumi.com/skipAwait': 'true' },
        },
        spec: {
          type: 'ClusterIP',
          selector: selector(name, COMPONENT),
          ports: [{ name: 'https', port: PORT, targetPort: 'https' }],
        },
      },
      parent,
    );
    const address = service.spec.clusterIP;
    const certificate = authority.issue(
      `${name}-certificate`,
      {
        namespace,
        secretName: `${name}-tls`,
        dnsNames: serviceNames(name, namespace, args.clusterDomain),
        ipAddresses: [address],
        usages: ['server auth'],
      },
      parent,
    );
    const pod = podTemplate(name, image, {
      checksum: certificate.checksum,
      tls: certificate.secretName,
      credentials: secret.metadata.name,
      volume: volume.metadata.name,
    });
    const server = new k8s.apps.v1.Deployment(
      `${name}-server`,
      {
        metadata: metadata(),
        spec: {
          replicas: 1,
          // Two servers at once could not both have the volume, and the old one must let go first.
          strategy: { type: 'Recreate' },
          selector: { matchLabels: selector(name, COMPONENT) },
          template: pod,
        },
      },
      { ...parent, customTimeouts: { create: '3m', update: '3m' } },
    );

    // Named as the server reports it: whoever uses an address has waited until it answers.
    const host = pulumi.interpolate`${server.metadata.name}.${server.metadata.namespace}.svc`;
    this.access = {
      kind: 'keys',
      endpoint: pulumi.interpolate`https://${host}:${PORT}`,
      region: REGION,
      secretName: secret.metadata.name,
      caSecretName: certificate.secretName,
      peer: Peer.pods(namespace, selector(name, COMPONENT)),
    };
    this.externalEndpoint = pulumi
      .all([address, server.metadata])
      .apply(([ip]) => `https://${ip}:${PORT}`);
    this.credentials = { accessKeyId: accessKey.result, secretAccessKey: secretKey.result };
    this.registerOutputs({ endpoint: this.access.endpoint });
  }
}

function randomKey(name: string, length: number, opts: pulumi.CustomResourceOptions) {
  return new random.RandomPassword(name, { length, special: false }, opts);
}

function podTemplate(
  name: string,
  image: pulumi.Input<string>,
  from: Record<'checksum' | 'tls' | 'credentials' | 'volume', pulumi.Input<string>>,
): k8s.types.input.core.v1.PodTemplateSpec {
  const key = (variable: string, secretKey: string) => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: from.credentials, key: secretKey } },
  });
  const health = { httpGet: { path: '/healthz', port: 'https', scheme: 'HTTPS' } };
  return {
    metadata: {
      labels: labels(name, COMPONENT),
      annotations: { 'checksum/certificate': from.checksum },
    },
    spec: {
      automountServiceAccountToken: false,
      securityContext: {
        ...podSecurity(USER),
        // Without it every restart walks through all objects to set their group.
        fsGroupChangePolicy: 'OnRootMismatch',
      },
      containers: [
        {
          name: 'versitygw',
          image,
          // Old versions lie beside the buckets: a folder inside would itself be a bucket.
          args: ['posix', '--versioning-dir', '/data/versions', '/data/buckets'],
          env: [
            key('ROOT_ACCESS_KEY_ID', 'access-key-id'),
            key('ROOT_SECRET_ACCESS_KEY', 'secret-access-key'),
            { name: 'VGW_PORT', value: `:${PORT}` },
            { name: 'VGW_REGION', value: REGION },
            { name: 'VGW_HEALTH', value: '/healthz' },
            { name: 'VGW_CERT', value: '/tls/tls.crt' },
            { name: 'VGW_KEY', value: '/tls/tls.key' },
            // One line per request would be most of the cluster's log: WAL arrives all day.
            { name: 'VGW_QUIET', value: 'true' },
          ],
          ports: [{ name: 'https', containerPort: PORT }],
          startupProbe: { ...health, periodSeconds: 1, failureThreshold: 60 },
          readinessProbe: { ...health, periodSeconds: 5 },
          livenessProbe: { ...health, periodSeconds: 20, timeoutSeconds: 5 },
          resources: {
            requests: { cpu: '20m', memory: '64Mi' },
            limits: { cpu: '1', memory: '256Mi' },
          },
          securityContext: CONTAINER_SECURITY,
          // kubelet creates both folders; the image has no shell that could.
          volumeMounts: [
            { name: 'data', mountPath: '/data/buckets', subPath: 'buckets' },
            { name: 'data', mountPath: '/data/versions', subPath: 'versions' },
            { name: 'tls', mountPath: '/tls', readOnly: true },
          ],
        },
      ],
      volumes: [
        { name: 'data', persistentVolumeClaim: { claimName: from.volume } },
        { name: 'tls', secret: { secretName: from.tls } },
      ],
    },
  };
}

import type * as pulumi from '@pulumi/pulumi';

import type { CertificateAuthority } from '../components/certificates/certificate-authority.ts';
import {
  PlatformNamespace,
  type PlatformNamespaceArgs,
} from '../components/namespace/platform-namespace.ts';
import {
  CertManagerOperator,
  type CertManagerOperatorArgs,
} from '../components/operators/cert-manager-operator.ts';
import type { OperatorsLock } from '../components/operators/lock.ts';
import { Operator } from '../components/operators/operator.ts';
import {
  PostgresOperator,
  type PostgresOperatorArgs,
} from '../components/operators/postgres-operator.ts';
import {
  EbsStorageClass,
  type EbsStorageClassArgs,
} from '../components/storage/ebs-storage-class.ts';

/** Names are fixed: DNS names, policies and runbooks contain them. */
const NAMESPACES = {
  system: 'saas-system',
  data: 'saas-data',
  edge: 'saas-edge',
  app: 'saas-app',
} as const;

type NamespaceKey = keyof typeof NAMESPACES;

export interface FoundationArgs {
  /** Ceiling of each namespace. */
  readonly namespaces: Readonly<Record<NamespaceKey, PlatformNamespaceArgs['quota']>>;
  /** Folder of the operators' manifests. */
  readonly manifests: string;
  /** Images of operator, plugin and what they start, as `name:tag@sha256:…`. */
  readonly images: PostgresOperatorArgs['images'];
  /** Addresses and port of the API server behind its Service. */
  readonly apiServer: PostgresOperatorArgs['apiServer'];
  /** From the layer `certificates`. */
  readonly authority: CertificateAuthority;
  /** Storage class to make. Default: none, the cluster has one. */
  readonly storageClass?: EbsStorageClassArgs;
  /** Certificates that are renewed in the cluster. Default: no cert-manager. */
  readonly certManager?: Pick<CertManagerOperatorArgs, 'images' | 'acme'>;
  /** Refuse to delete namespaces and definitions, and with them every database. */
  readonly protect: boolean;
  /** Sources of the manifests. Default: the committed lock file. */
  readonly lock?: OperatorsLock;
}

export interface FoundationOutputs {
  /** Each resolves once nothing but name resolution is open in it. */
  readonly namespaces: Readonly<Record<NamespaceKey, pulumi.Output<string>>>;
  /** Whoever makes objects of their kinds puts them into `dependsOn`. */
  readonly operators: {
    readonly postgres: PostgresOperator;
    /** The backup plugin, a part of `postgres`. */
    readonly backup: Operator;
    readonly gateway: Operator;
    readonly certManager: CertManagerOperator | undefined;
  };
}

/**
 * Namespaces and operators. Comes after `certificates`, which needs no cluster: the backup plugin
 * mounts certificates of the platform's authority.
 */
export function foundation(
  args: FoundationArgs,
  opts?: pulumi.ComponentResourceOptions,
): FoundationOutputs {
  const { manifests, images, apiServer, authority, protect } = args;
  const lock = args.lock === undefined ? {} : { lock: args.lock };
  const namespaces = createNamespaces(args, opts);
  if (args.storageClass !== undefined) new EbsStorageClass('volumes', args.storageClass, opts);

  const postgres = new PostgresOperator(
    'postgres-operator',
    {
      namespace: namespaces.system,
      manifests,
      images,
      apiServer,
      authority,
      protectDefinitions: protect,
      ...lock,
    },
    opts,
  );
  const gateway = new Operator(
    'gateway-api',
    {
      operator: 'gateway-api',
      namespace: namespaces.system,
      manifests,
      images: {},
      protectDefinitions: protect,
      ...lock,
    },
    opts,
  );
  const certManager =
    args.certManager &&
    new CertManagerOperator(
      'cert-manager',
      {
        namespace: namespaces.system,
        manifests,
        apiServer,
        gatewayApi: [gateway],
        protectDefinitions: protect,
        ...args.certManager,
        ...lock,
      },
      opts,
    );
  return { namespaces, operators: { postgres, backup: postgres.plugin, gateway, certManager } };
}

function createNamespaces(
  args: FoundationArgs,
  opts?: pulumi.ComponentResourceOptions,
): FoundationOutputs['namespaces'] {
  const own = args.protect ? { ...opts, protect: true } : opts;
  const create = (key: NamespaceKey) =>
    new PlatformNamespace(
      key,
      { name: NAMESPACES[key], podSecurity: 'restricted', quota: args.namespaces[key] },
      own,
    ).namespace;
  return {
    system: create('system'),
    data: create('data'),
    edge: create('edge'),
    app: create('app'),
  };
}

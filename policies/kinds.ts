/** API group, version and kind of a Kubernetes object. The core group is ''. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  /** Without `Patch` or `List`. */
  readonly kind: string;
  /** The Pulumi-only forms: many objects in one resource, or a part of an object of another owner. */
  readonly form: '' | 'Patch' | 'List';
}

const cache = new Map<string, Kind | undefined>();

/** Kinds that end in the names of the forms by themselves. */
const WHOLE = new Set(['EnvoyPatchPolicy']);

function parse(type: string): Kind | undefined {
  const match = /^kubernetes:(?:([^:]+)\/)?([^:/]+):(\w+)$/.exec(type);
  if (match === null) return undefined;
  const [, group = '', version = '', name = ''] = match;
  const [, kind = name, form = ''] = WHOLE.has(name)
    ? []
    : (/^(\w+?)(Patch|List)$/.exec(name) ?? []);
  const short = group === 'core' ? '' : group;
  return { group: short, version, kind, form: form as Kind['form'] };
}

/** Kind of a Pulumi type such as `kubernetes:apps/v1:Deployment`; nothing for other providers. */
export function kindOf(type: string): Kind | undefined {
  if (!cache.has(type)) cache.set(type, parse(type));
  return cache.get(type);
}

const CLUSTER_SCOPED = new Set([
  'APIService', 'CSIDriver', 'CSINode', 'CertificateSigningRequest', 'ClusterIssuer',
  'ClusterRole', 'ClusterRoleBinding', 'ClusterTrustBundle', 'CustomResourceDefinition',
  'FlowSchema', 'GatewayClass', 'IngressClass', 'MutatingAdmissionPolicy',
  'MutatingAdmissionPolicyBinding', 'MutatingWebhookConfiguration', 'Namespace', 'Node',
  'PersistentVolume', 'PriorityClass', 'PriorityLevelConfiguration', 'RuntimeClass',
  'SelfSubjectReview', 'StorageClass', 'StorageVersion', 'ValidatingAdmissionPolicy',
  'ValidatingAdmissionPolicyBinding', 'ValidatingWebhookConfiguration', 'VolumeAttachment',
  'VolumeAttributesClass', 'ClusterImageCatalog',
]); // prettier-ignore

/** True for kinds that live in a namespace. */
export function isNamespaced({ kind }: Kind): boolean {
  return !CLUSTER_SCOPED.has(kind);
}

const OWN_GROUPS = new Set([
  '', 'admissionregistration.k8s.io', 'apiextensions.k8s.io', 'apiregistration.k8s.io', 'apps',
  'authentication.k8s.io', 'authorization.k8s.io', 'autoscaling', 'batch', 'certificates.k8s.io',
  'coordination.k8s.io', 'discovery.k8s.io', 'events.k8s.io', 'extensions',
  'flowcontrol.apiserver.k8s.io', 'networking.k8s.io', 'node.k8s.io', 'policy',
  'rbac.authorization.k8s.io', 'resource.k8s.io', 'scheduling.k8s.io', 'storage.k8s.io',
]); // prettier-ignore

/** True for kinds of Kubernetes itself. */
export function isBuiltIn({ group }: Kind): boolean {
  return OWN_GROUPS.has(group);
}

import { kindOf, shortKind } from './kinds.ts';
import {
  type Amounts,
  at,
  claimAmounts,
  gibibytes,
  instanceAmounts,
  memberAmounts,
  podAmounts,
  sum,
  times,
} from './requests.ts';

/** One object of a stack, before or after the change. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  readonly inputs: unknown;
}

/** These cost nothing by themselves, or end after minutes. */
const FREE =
  /^(saas:|random:|tls:|pulumi:|core:(ConfigMap|Secret|Namespace|LimitRange|ResourceQuota|ServiceAccount|Endpoints)|batch:Job$|networking\.k8s\.io:|rbac\.|policy:|apiextensions|admissionregistration|gateway\.networking|autoscaling:|storage\.k8s\.io:|scheduling|cert-manager\.io:|barmancloud|monitoring\.coreos\.com:(ServiceMonitor|PodMonitor|PrometheusRule)|psmdb\.percona\.com:PerconaServerMongoDBBackup$|postgresql\.cnpg\.io:(Backup|ScheduledBackup|Database|DatabaseRole)$|aws:iam\/|aws:kms\/alias|aws:s3\/bucket[A-Z])/;

/**
 * What an object asks for, or why it has no price. Replicas that an autoscaler decides count as its
 * minimum; `others` is the rest of the stack, where the autoscaler is looked for.
 */
export function demandOf(declared: Declared, others: readonly Declared[]): Amounts | string {
  const { type, inputs } = declared;
  const kind = kindOf(type);
  const spec = at(inputs, 'spec');
  const pods = () => podAmounts(at(spec, 'template', 'spec'));
  switch (kind) {
    case 'apps:Deployment':
    case 'apps:ReplicaSet':
      return times(replicas(declared, others), pods());
    case 'apps:StatefulSet':
      return times(replicas(declared, others), sum([pods(), claimAmounts(spec)]));
    case 'core:Pod':
      return podAmounts(spec);
    case 'core:PersistentVolumeClaim':
      return { volume: gibibytes(at(spec, 'resources', 'requests', 'storage')) };
    case 'core:Service':
      return at(spec, 'type') === 'LoadBalancer' ? { 'load-balancer': 1 } : {};
    case 'postgresql.cnpg.io:Cluster':
      return times(number(at(spec, 'instances'), 1), instanceAmounts(spec));
    case 'postgresql.cnpg.io:Pooler':
      return times(number(at(spec, 'instances'), 1), pods());
    case 'psmdb.percona.com:PerconaServerMongoDB':
      return memberAmounts(spec);
    case 'aws:s3/bucket:Bucket':
    case 'aws:s3/bucketV2:BucketV2':
      return { bucket: 1 };
    case 'aws:kms/key:Key':
      return { 'kms-key': 1 };
    case 'apps:DaemonSet':
      return 'one pod per node, and the number of nodes is not in a preview';
    default:
      return FREE.test(kind) ? {} : 'no price for this kind';
  }
}

function replicas({ type, inputs }: Declared, others: readonly Declared[]): number {
  const fixed = at(inputs, 'spec', 'replicas');
  if (typeof fixed === 'number') return fixed;
  const scaler = others.find((other) => {
    if (kindOf(other.type) !== 'autoscaling:HorizontalPodAutoscaler') return false;
    const target = at(other.inputs, 'spec', 'scaleTargetRef');
    return (
      at(target, 'kind') === shortKind(type) &&
      at(target, 'name') === at(inputs, 'metadata', 'name') &&
      at(other.inputs, 'metadata', 'namespace') === at(inputs, 'metadata', 'namespace')
    );
  });
  return number(at(scaler?.inputs, 'spec', 'minReplicas'), 1);
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

import { broken } from '../findings.ts';
import type { Resource } from '../resource.ts';
import type { Rule, StackFinding } from '../rule.ts';

const STATEFUL = new Set([
  ':PersistentVolumeClaim', 'postgresql.cnpg.io:Cluster', 'psmdb.percona.com:PerconaServerMongoDB',
  'elasticsearch.k8s.elastic.co:Elasticsearch',
]); // prettier-ignore

const CLOUD = /^aws:(s3\/bucket(V2)?:Bucket(V2)?|kms\/key:Key)$/;

function holdsData({ kind, type }: Resource): boolean {
  if (kind === undefined) return CLOUD.test(type);
  return kind.form === '' && STATEFUL.has(`${kind.group}:${kind.kind}`);
}

export const protect: Rule = {
  id: 'PU-01',
  name: 'pu-01-protect',
  title: 'Nothing that holds data is deleted by an update',
  severity: 'high',
  standards: ['FSBP KMS.3'],
  why: 'A renamed resource is deleted and made anew, and its data with it.',
  fix: 'Give the resource the option protect: true.',
  settings: {
    stacks: {
      meaning: 'Names of the Pulumi stacks whose data is kept for ever.',
      default: ['prod'],
    },
  },
  checkStack: (stack, context) => {
    if (!context.setting<readonly string[]>('stacks').includes(context.stack)) return [];
    const stores = stack.resources.filter(holdsData);
    const places = new Set(stores.filter(({ kind }) => kind).map(({ namespace }) => namespace));
    const namespaces = stack
      .ofKind('', 'Namespace')
      .filter(({ objectName }) => places.has(objectName));
    return [...stores, ...namespaces]
      .filter((resource) => !resource.protect)
      .map((resource): StackFinding => ({ ...broken('protect', 'is not protected'), resource }));
  },
};

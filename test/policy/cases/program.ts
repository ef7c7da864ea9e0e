import {
  broken,
  change,
  fails,
  field,
  isUnknown,
  passes,
  unverified,
  type Case,
} from '../table.ts';
import { deploymentOf } from '../good.ts';
import { unknownString, type Json, type Subject } from '../support.ts';
import type { Cases } from './index.ts';

const object = (type: string, more: Partial<Subject> = {}): Subject => ({
  type: `kubernetes:${type}`,
  props: { metadata: { name: 'one', namespace: 'saas-data' } },
  ...more,
});
const everywhere = { stacks: ['local'] };
const there = (...cases: Case[]): Case[] => cases.map((one) => ({ ...one, settings: everywhere }));
const odd = (...cases: Case[]): Case[] =>
  cases.map((one, index) => ({
    ...one,
    shows: (['null', 'empty', 'wrong type'] as const)[index] ?? 'pass',
  }));

export const program: Cases = {
  'PU-01': (rule) => {
    const message = broken(rule, 'is not protected (protect)');
    const cluster = object('postgresql.cnpg.io/v1:Cluster');
    const namespace: Subject = {
      type: 'kubernetes:core/v1:Namespace',
      name: 'namespace',
      props: { metadata: { name: 'saas-data' } },
    };
    return [
      passes('a stack without users', cluster),
      ...there(
        passes('a protected store', { ...cluster, protect: true }),
        passes('a namespace without data', namespace),
        fails('a database', message, cluster),
        fails('a volume', message, object('core/v1:PersistentVolumeClaim')),
        fails('a bucket', message, { type: 'aws:s3/bucket:Bucket', props: {} }),
        fails('a key', message, { type: 'aws:kms/key:Key', props: {} }),
        fails('the namespace of a database', message, { ...cluster, protect: true }, namespace),
      ),
    ];
  },
  'PU-02': (rule) => {
    const message = broken(rule, 'covers what decides about security (ignoreChanges[0])');
    const ignoring = (...ignoreChanges: string[]): Subject => ({
      ...deploymentOf(),
      ignoreChanges,
    });
    return [
      passes('nothing ignored', ignoring()),
      passes('the number of replicas', ignoring('spec.replicas')),
      passes('an annotation', ignoring('metadata.annotations')),
      ...[
        'spec',
        'spec.template',
        'spec.template.spec.containers[0].image',
        '*',
        'policy',
        'rules[0].verbs',
      ].map((path) => fails(path, message, ignoring(path))),
    ];
  },
  'PU-03': (rule) => {
    const message = broken(rule, 'hides objects from the rules (type)');
    return [
      passes('an object', deploymentOf()),
      passes('the account of a namespace', object('core/v1:ServiceAccountPatch')),
      passes('a chart, whose children are seen', object('helm.sh/v4:Chart')),
      passes('another provider', { type: 'random:index/randomId:RandomId', props: {} }),
      ...[
        'helm.sh/v3:Release',
        'yaml:ConfigFile',
        'yaml/v2:ConfigGroup',
        'kustomize:Directory',
        'apps/v1:DeploymentPatch',
        'core/v1:SecretList',
      ].map((type) => fails(type, message, object(type))),
      {
        ...passes('a type that the user lists', object('helm.sh/v3:Release')),
        settings: { types: ['kubernetes:helm.sh/v3:Release'] },
      },
    ];
  },
  'PU-04': (rule) => {
    const message = broken(rule, 'is the default provider (provider)');
    return [
      passes('an own provider', deploymentOf()),
      passes('another provider', {
        type: 'random:index/randomId:RandomId',
        props: {},
        provider: null,
      }),
      fails('no provider', message, { ...deploymentOf(), provider: null }),
      fails('the default one', message, { ...deploymentOf(), provider: 'default' }),
      fails('the default one of a version', message, {
        ...deploymentOf(),
        provider: 'default_4_25_0',
      }),
    ];
  },
  'PU-05': (rule) => [
    passes('a stable version', deploymentOf()),
    passes('a custom resource', object('example.org/v1alpha1:Thing')),
    passes('another provider', { type: 'random:index/randomId:RandomId', props: {} }),
    ...[
      'batch/v1beta1:CronJob',
      'extensions/v1beta1:Deployment',
      'admissionregistration.k8s.io/v1alpha1:ValidatingAdmissionPolicy',
    ].map((type) => fails(type, broken(rule, 'is not stable (apiVersion)'), object(type))),
  ],
  'AVL-04': (rule) => {
    const single = broken(rule, 'is a single pod (spec.replicas)');
    const left: Subject = {
      ...deploymentOf(),
      props: change(deploymentOf().props, 'spec.replicas', undefined),
    };
    const scaler = (name: unknown, namespace = 'saas-app') =>
      object('autoscaling/v2:HorizontalPodAutoscaler', {
        name: 'scaler',
        props: {
          metadata: { name: 'api', namespace },
          spec: { scaleTargetRef: { kind: 'Deployment', name } },
        },
      });
    return [
      passes('a stack without users', left),
      ...field(rule, {
        field: 'spec.replicas',
        good: [2, 3, 0],
        bad: [
          [1, 'is a single pod'],
          [undefined, 'is a single pod'],
          [null, 'is a single pod'],
          ['', 'is a single pod'],
        ],
        wrong: 'is a single pod',
        settings: everywhere,
      }),
      ...there(
        passes('a number that an autoscaler sets', left, scaler('api')),
        passes('a DaemonSet', object('apps/v1:DaemonSet')),
        fails('the autoscaler of another workload', single, left, scaler('web')),
        fails('an autoscaler of another namespace', single, left, scaler('api', 'other')),
        isUnknown(
          'what the autoscaler scales',
          unverified(rule, 'spec.replicas'),
          left,
          scaler(unknownString),
        ),
      ),
    ];
  },
  'AVL-11': (rule) => {
    const job = (changes: Json = {}) =>
      object('batch/v1:Job', {
        props: { metadata: {}, spec: { backoffLimit: 2, activeDeadlineSeconds: 60, ...changes } },
      });
    const cron = (changes: Json = {}) =>
      object('batch/v1:CronJob', {
        props: {
          spec: {
            concurrencyPolicy: 'Forbid',
            jobTemplate: { spec: { backoffLimit: 0, activeDeadlineSeconds: 60 } },
            ...changes,
          },
        },
      });
    const overlap = broken(rule, 'lets two runs overlap (spec.concurrencyPolicy)');
    return [
      passes('a job with bounds', job()),
      passes('a cron job', cron()),
      passes('runs that replace each other', cron({ concurrencyPolicy: 'Replace' })),
      fails(
        'no deadline',
        broken(rule, 'is not set (spec.activeDeadlineSeconds)'),
        job({ activeDeadlineSeconds: undefined }),
      ),
      fails(
        'no limit of tries',
        broken(rule, 'is not set (spec.backoffLimit)'),
        job({ backoffLimit: undefined }),
      ),
      fails(
        'a job that vanishes',
        broken(rule, 'removes what Pulumi manages (spec.ttlSecondsAfterFinished)'),
        job({ ttlSecondsAfterFinished: 60 }),
      ),
      fails('runs side by side', overlap, cron({ concurrencyPolicy: 'Allow' })),
      isUnknown(
        'the deadline',
        unverified(rule, 'spec.activeDeadlineSeconds'),
        job({ activeDeadlineSeconds: unknownString }),
      ),
      isUnknown(
        'the way of running',
        unverified(rule, 'spec.concurrencyPolicy'),
        cron({ concurrencyPolicy: unknownString }),
      ),
      ...odd(
        fails('null', overlap, cron({ concurrencyPolicy: null })),
        fails('an empty text', overlap, cron({ concurrencyPolicy: '' })),
        fails('a number', overlap, cron({ concurrencyPolicy: 7 })),
      ),
    ];
  },
};

import type { ResourceValidationArgs } from '@pulumi/policy';
import * as proxy from '@pulumi/policy/proxy.js';

import type { Exception } from '../../policies/exceptions.ts';
import { toPolicy } from '../../policies/policy.ts';
import type { Rule } from '../../policies/rule.ts';

/** What the engine sends for a value that the preview does not know yet. Absent from the types. */
export const { unknownStringValue: unknownString, unknownObjectValue: unknownObject } =
  proxy as unknown as Record<'unknownStringValue' | 'unknownObjectValue', unknown>;

export const TODAY = '2026-11-25';

type Json = Record<string, unknown>;

/** Exported by the package's index, but through a path that the compiler cannot follow. */
const { unknownCheckingProxy } = proxy as unknown as {
  unknownCheckingProxy: (props: Json) => unknown;
};

/** The messages that one rule reports for a resource, through the hook that Pulumi calls. */
export function violations(
  rule: Rule,
  type: string,
  props: Json,
  exceptions: readonly Exception[] = [],
): string[] {
  const messages: string[] = [];
  const { validateResource } = toPolicy(rule, exceptions, TODAY);
  if (typeof validateResource !== 'function') throw new Error('expected one function');
  const args = { type, props: unknownCheckingProxy(props) } as ResourceValidationArgs;
  void validateResource(args, (message) => messages.push(message));
  return messages;
}

/** A container that keeps every rule, with `changes` merged into its security context. */
export function container(changes: Json = {}, more: Json = {}): Json {
  return {
    name: 'web',
    image: 'docker.io/library/redis:8.0.2@sha256:0000',
    securityContext: {
      allowPrivilegeEscalation: false,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      ...changes,
    },
    ...more,
  };
}

const metadata = { name: 'api', namespace: 'saas-app' };

/** A Deployment with one pod specification. */
export function deployment(spec: Json): Json {
  return { metadata, spec: { template: { spec } } };
}

export const DEPLOYMENT = 'kubernetes:apps/v1:Deployment';

/** Every kind of resource that holds a pod, and how it holds it. */
export const HOLDERS: readonly [type: string, wrap: (spec: Json) => Json, path: string][] = [
  ['kubernetes:core/v1:Pod', (spec) => ({ metadata, spec }), 'spec'],
  ['kubernetes:core/v1:PodTemplate', (spec) => ({ metadata, template: { spec } }), 'template.spec'],
  ...[
    'core/v1:ReplicationController',
    'apps/v1:Deployment',
    'apps/v1:StatefulSet',
    'apps/v1:DaemonSet',
    'apps/v1:ReplicaSet',
    'apps/v1:DeploymentPatch',
    'batch/v1:Job',
    'postgresql.cnpg.io/v1:Pooler',
  ].map((kind): [string, (spec: Json) => Json, string] => [
    `kubernetes:${kind}`,
    deployment,
    'spec.template.spec',
  ]),
  [
    'kubernetes:batch/v1:CronJob',
    (spec) => ({ metadata, spec: { jobTemplate: { spec: { template: { spec } } } } }),
    'spec.jobTemplate.spec.template.spec',
  ],
  [
    'kubernetes:apps/v1:DeploymentList',
    (spec) => ({ items: [deployment(spec)] }),
    'items[0].spec.template.spec',
  ],
];

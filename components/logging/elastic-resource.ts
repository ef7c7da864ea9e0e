import type * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { awaitedResource } from '../custom-resource.ts';
import { labels } from '../labels.ts';
import { COMPONENT } from './elasticsearch-access.ts';

export interface ElasticResourceArgs {
  readonly apiVersion: 'elasticsearch.k8s.elastic.co/v1' | 'kibana.k8s.elastic.co/v1';
  readonly kind: 'Elasticsearch' | 'Kibana';
  readonly objectName: string;
  readonly namespace: pulumi.Input<string>;
  readonly spec: object;
  /** JSON path that Pulumi waits for. */
  readonly waitFor: string;
  /** Longest wait, such as `15m`. */
  readonly deadline: string;
}

/** A custom resource of the ECK operator, which Pulumi waits for. */
export function elasticResource(
  name: string,
  args: ElasticResourceArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  const { objectName, namespace, ...rest } = args;
  const metadata = { name: objectName, namespace, labels: labels(objectName, COMPONENT) };
  return awaitedResource(name, { ...rest, metadata }, opts);
}

import type * as pulumi from '@pulumi/pulumi';

import type { ContainerResources } from '../container-resources.ts';
import { labels } from '../labels.ts';
import { spread } from '../spread.ts';
import { COMPONENT } from './elasticsearch-access.ts';
import { restricted } from './elasticsearch-spec.ts';
import { imageVersion } from './image-version.ts';

export interface KibanaSpecArgs {
  /** Image by digest; its tag is the version. */
  readonly image: string;
  readonly replicas: number;
  readonly resources: ContainerResources;
  /** Name of the Elasticsearch object in the same namespace. */
  readonly elasticsearch: pulumi.Input<string>;
  /** Secret with `tls.crt` and `tls.key`. */
  readonly certificate: pulumi.Input<string>;
}

/** Labels that the operator puts on the pods. */
export function kibanaLabels(name: string): Record<string, string> {
  return { 'common.k8s.elastic.co/type': 'kibana', 'kibana.k8s.elastic.co/name': name };
}

/** `spec` of the Kibana object. */
export function kibanaSpec(name: string, args: KibanaSpecArgs): object {
  const { image, replicas, resources, elasticsearch, certificate } = args;
  return {
    version: imageVersion(`${name}.kibana.image`, image),
    image,
    count: replicas,
    elasticsearchRef: { name: elasticsearch },
    http: { tls: { certificate: { secretName: certificate } } },
    config: {
      // Nothing is sent to the vendor, and nothing is fetched from there.
      'telemetry.optIn': false,
      'telemetry.allowChangingOptInStatus': false,
      'newsfeed.enabled': false,
      'xpack.fleet.isAirGapped': true,
    },
    podTemplate: {
      metadata: { labels: labels(name, COMPONENT) },
      spec: {
        automountServiceAccountToken: false,
        // Without `runAsNonRoot`, which the operator leaves out, the namespace refuses the pod.
        securityContext: restricted(),
        topologySpreadConstraints: spread(kibanaLabels(name)),
        containers: [{ name: 'kibana', resources }],
      },
    },
  };
}

import * as k8s from '@pulumi/kubernetes';
import type * as pulumi from '@pulumi/pulumi';

import { labels } from '../labels.ts';
import { nodeScriptPod, scriptText } from '../logging/node-script-pod.ts';

const SCRIPT = 'delete-old-indices';

export interface TraceRetentionArgs {
  readonly namespace: pulumi.Input<string>;
  /** Image with Node.js 24 as `/usr/local/bin/node`. */
  readonly image: pulumi.Input<string>;
  /** Label of the pods, which the way to the store is open for. */
  readonly component: string;
  readonly url: pulumi.Input<string>;
  readonly caPem: pulumi.Input<string>;
  /** Secret with `username` and `password`. */
  readonly login: pulumi.Input<string>;
  /** Days that spans are kept. */
  readonly days: number;
}

/** Deletes each night what is too old: Jaeger itself keeps its indices for ever. */
export function traceRetention(
  name: string,
  args: TraceRetentionArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.CronJob {
  const { namespace, component, days } = args;
  const objectName = `${name}-retention`;
  const metadata = (own: string) => ({ name: own, namespace, labels: labels(name, component) });
  const files = new k8s.core.v1.ConfigMap(
    `${objectName}-script`,
    {
      metadata: metadata(`${objectName}-script`),
      data: { [`${SCRIPT}.mts`]: scriptText(SCRIPT), 'ca.crt': args.caPem },
    },
    opts,
  );
  return new k8s.batch.v1.CronJob(
    objectName,
    {
      metadata: metadata(objectName),
      spec: {
        schedule: '30 1 * * *',
        timeZone: 'Etc/UTC',
        concurrencyPolicy: 'Forbid',
        startingDeadlineSeconds: 3600,
        jobTemplate: {
          spec: {
            backoffLimit: 2,
            activeDeadlineSeconds: 600,
            template: {
              metadata: { labels: labels(name, component) },
              spec: nodeScriptPod({
                image: args.image,
                script: SCRIPT,
                args: [args.url, 'jaeger-*', String(days)],
                files: files.metadata.name,
                login: args.login,
              }),
            },
          },
        },
      },
    },
    opts,
  );
}

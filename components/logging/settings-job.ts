import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { checksum } from '../checksum.ts';
import { labels, selector } from '../labels.ts';
import type { Setting } from './elasticsearch-settings.ts';
import { nodeScriptPod, SCRIPT_FOLDER, scriptText } from './node-script-pod.ts';

export const SETUP = 'elasticsearch-setup';
const SCRIPT = 'apply-settings';
/** Time to find Elasticsearch in order; it was ready before the Job began. */
const SECONDS = 240;

export interface SettingsJobArgs {
  readonly namespace: pulumi.Input<string>;
  /** Image with Node.js 24 as `/usr/local/bin/node`. */
  readonly image: pulumi.Input<string>;
  readonly url: pulumi.Output<string>;
  readonly caPem: pulumi.Output<string>;
  /** Secret with `username` and `password`. */
  readonly login: pulumi.Input<string>;
  readonly settings: pulumi.Input<readonly Setting[]>;
}

/** Peer labels of the Job's pod. */
export function setupLabels(name: string): Record<string, string> {
  return selector(name, SETUP);
}

/** Brings the settings over the API. Its name changes with them, so a change runs it again. */
export function settingsJob(
  name: string,
  args: SettingsJobArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.batch.v1.Job {
  const { namespace } = args;
  const metadata = (objectName: pulumi.Input<string>) => ({
    name: objectName,
    namespace,
    labels: labels(name, SETUP),
  });
  const data = {
    [`${SCRIPT}.mts`]: scriptText(SCRIPT),
    'settings.json': pulumi
      .output(args.settings)
      .apply((settings) => JSON.stringify(settings, undefined, 2)),
    'ca.crt': args.caPem,
  };
  const files = new k8s.core.v1.ConfigMap(
    `${name}-settings`,
    { metadata: metadata(`${name}-settings`), data },
    opts.parent === undefined ? {} : { parent: opts.parent },
  );
  const release = checksum(pulumi.output({ image: args.image, data }));
  return new k8s.batch.v1.Job(
    `${name}-setup`,
    {
      metadata: {
        ...metadata(release.apply((hash) => `${name}-setup-${hash.slice(0, 10)}`)),
        // One that failed is made anew instead of being waited for again.
        annotations: { 'pulumi.com/replaceUnready': 'true' },
      },
      spec: {
        backoffLimit: 2,
        activeDeadlineSeconds: 2 * SECONDS,
        template: {
          metadata: { labels: labels(name, SETUP) },
          spec: nodeScriptPod({
            image: args.image,
            script: SCRIPT,
            args: [`${SCRIPT_FOLDER}/settings.json`, args.url, String(SECONDS)],
            files: files.metadata.name,
            login: args.login,
          }),
        },
      },
    },
    {
      // Putting the same again changes nothing, and a Job's pod cannot be changed.
      deleteBeforeReplace: true,
      customTimeouts: { create: '10m', update: '10m' },
      ...opts,
    },
  );
}

import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { checksum } from '../checksum.ts';
import { type AppContext, metadataOf } from './app-context.ts';
import { type DemoTenant, seedFile } from './demo-tenants.ts';
import { PATHS } from './environment.ts';
import { podTemplate, type SharedConfig } from './pod-template.ts';

/** A Job per release: its name changes with the image, the database and the demo accounts. */
export function migrationJob(
  context: AppContext,
  shared: SharedConfig,
  demoTenants: readonly DemoTenant[],
  dependsOn: pulumi.Resource[],
): k8s.batch.v1.Job {
  const { name, args, parent } = context;
  const { postgres } = args.data;
  const seeds = args.demo ? seedFile(demoTenants) : undefined;
  const release = checksum(
    pulumi.output({
      image: args.image,
      host: postgres.directHost,
      database: postgres.database,
      seeds,
    }),
  );
  const jobName = release.apply((hash) => `migrate-${hash.slice(0, 10)}`);
  const file = { variable: 'DEMO_SEED_FILE', path: `${PATHS.demo}/tenants.json` };
  return new k8s.batch.v1.Job(
    `${name}-migration`,
    {
      metadata: {
        ...metadataOf(context, jobName, 'migrate'),
        // One that failed is made anew instead of being waited for again.
        annotations: { 'pulumi.com/replaceUnready': 'true' },
      },
      spec: {
        backoffLimit: 2,
        activeDeadlineSeconds: 300,
        template: podTemplate(
          context,
          'migrate',
          shared,
          seeds === undefined ? undefined : { ...file, content: seeds },
        ),
      },
    },
    {
      ...parent,
      dependsOn,
      // A Job's pod cannot be changed, and running migrations again changes nothing.
      deleteBeforeReplace: true,
      customTimeouts: { create: '6m', update: '6m' },
    },
  );
}

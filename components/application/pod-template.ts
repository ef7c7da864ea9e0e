import * as k8s from '@pulumi/kubernetes';
import * as pulumi from '@pulumi/pulumi';

import { checksum } from '../checksum.ts';
import { labels } from '../labels.ts';
import { type AppContext, metadataOf } from './app-context.ts';
import { appPod, type AppPodArgs } from './app-pod.ts';
import {
  authorities,
  type Role,
  secretEnvironment,
  sharedEnvironment,
  tracesEnvironment,
} from './environment.ts';

/** What the pods of all roles have in common. */
export interface SharedConfig {
  readonly config: k8s.core.v1.ConfigMap;
  readonly authorities: k8s.core.v1.ConfigMap;
  /** Hash of everything above. */
  readonly checksum: pulumi.Output<string>;
}

/** Settings and certificates that no role keeps secret. */
export function sharedConfig(context: AppContext): SharedConfig {
  const { name, args, parent } = context;
  const { data, hosts, traces, logLevel = 'info' } = args;
  const configMap = (suffix: string, content: Record<string, pulumi.Input<string>>) =>
    new k8s.core.v1.ConfigMap(
      `${name}-${suffix}`,
      { metadata: metadataOf(context, `${name}-${suffix}`, 'api'), data: content },
      parent,
    );
  const settings = {
    ...sharedEnvironment(data, { logLevel, issuer: `https://${hosts[0]}` }),
    ...(traces === undefined ? {} : tracesEnvironment(traces)),
  };
  const certificates = authorities(data, traces);
  return {
    config: configMap('config', settings),
    authorities: configMap('authorities', certificates),
    checksum: checksum(pulumi.output({ settings, certificates })),
  };
}

/** A secret file that a variable names. */
export interface SecretFile {
  readonly variable: string;
  readonly path: string;
  readonly content: pulumi.Output<string>;
}

/** Pod template of a role; a change of anything it reads at start rolls the pods. */
export function podTemplate(
  context: AppContext,
  role: Role,
  shared: SharedConfig,
  file?: SecretFile,
) {
  const { name, args } = context;
  const environment = secretEnvironment(role, args.data);
  const pod: AppPodArgs = {
    role,
    image: args.image,
    resources: args.resources,
    config: shared.config.metadata.name,
    authorities: shared.authorities.metadata.name,
    secret: secret(context, `${role}-environment`, role, environment),
    ...(file === undefined ? {} : { file: mounted(context, role, file) }),
  };
  return {
    metadata: {
      labels: labels(name, role),
      annotations: {
        'saas-platform/config': shared.checksum,
        'saas-platform/secrets': checksum(
          pulumi.output({ environment, file: file?.content ?? '' }),
        ),
      },
    },
    spec: appPod(pod),
  };
}

function mounted(context: AppContext, role: Role, { variable, path, content }: SecretFile) {
  const fileName = path.slice(path.lastIndexOf('/') + 1);
  return {
    variable,
    path,
    secret: secret(context, `${role}-files`, role, { [fileName]: content }),
  };
}

function secret(
  context: AppContext,
  suffix: string,
  role: Role,
  stringData: Record<string, pulumi.Input<string>>,
): pulumi.Output<string> {
  const name = `${context.name}-${suffix}`;
  return new k8s.core.v1.Secret(
    name,
    { metadata: metadataOf(context, name, role), stringData },
    context.parent,
  ).metadata.name;
}

import { join } from 'node:path';

import { clusterDir, kubeconfig, projectDir, pulumiDir, pulumiStateDir } from './paths.ts';

/** Where a deployment goes, and where Pulumi keeps what it knows of it. */
export interface Target {
  /** Name of the Pulumi stack. */
  readonly stack: string;
  /** Folder of the state and of the passphrase of its secrets. */
  readonly stateDir: string;
  /** Undefined: the user's own. */
  readonly kubeconfig: string | undefined;
  /** Receives the certificate of the platform's authority. */
  readonly caFile: string;
}

/** The embedded cluster. Its state goes with it. */
export const embedded: Target = {
  stack: 'local',
  stateDir: pulumiStateDir,
  kubeconfig,
  caFile: join(clusterDir, 'platform-ca.crt'),
};

/** A context of the user's kubeconfig. Its state outlives the embedded cluster. */
export function ofContext(context: string): Target {
  const stack = `context-${context.replaceAll(/[^A-Za-z0-9_.-]+/g, '-')}`;
  const stateDir = join(pulumiDir, 'contexts');
  return { stack, stateDir, kubeconfig: undefined, caFile: join(stateDir, `${stack}-ca.crt`) };
}

/** Settings of the target's stack, where Pulumi looks for them. */
export function settingsFile({ stack }: Target): string {
  return join(projectDir, `Pulumi.${stack}.yaml`);
}

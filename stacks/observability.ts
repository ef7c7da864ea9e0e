import type * as pulumi from '@pulumi/pulumi';

import {
  PlatformNamespace,
  type PlatformNamespaceArgs,
} from '../components/namespace/platform-namespace.ts';

/**
 * Names are fixed, as those of the other layers. Agents read the disks of their node, which Pod
 * Security allows to a whole namespace or to none of its pods: hence one for them alone.
 */
const NAMESPACES = {
  observability: { name: 'saas-observability', podSecurity: 'restricted' },
  agents: { name: 'saas-node-agents', podSecurity: 'privileged' },
} as const;

type NamespaceKey = keyof typeof NAMESPACES;

export interface ObservabilityArgs {
  /** Ceiling of each namespace. */
  readonly namespaces: Readonly<Record<NamespaceKey, PlatformNamespaceArgs['quota']>>;
  /** Refuse to delete the namespaces, and with them what was recorded. */
  readonly protect: boolean;
}

export interface ObservabilityOutputs {
  /** Each resolves once nothing but name resolution is open in it. */
  readonly namespaces: Readonly<Record<NamespaceKey, pulumi.Output<string>>>;
}

/** Logs, metrics and traces of everything below and above. */
export function observability(
  args: ObservabilityArgs,
  opts?: pulumi.ComponentResourceOptions,
): ObservabilityOutputs {
  return { namespaces: createNamespaces(args, opts) };
}

function createNamespaces(
  { namespaces, protect }: ObservabilityArgs,
  opts?: pulumi.ComponentResourceOptions,
): ObservabilityOutputs['namespaces'] {
  const create = (key: NamespaceKey) =>
    new PlatformNamespace(key, { ...NAMESPACES[key], quota: namespaces[key] }, { ...opts, protect })
      .namespace;
  return { observability: create('observability'), agents: create('agents') };
}

import { readFileSync } from 'node:fs';

import { crdSchemas } from '../../unit/support/crd-schema.ts';
import { type Schema, typeOfSchema } from './types-of-schema.ts';

/** Kinds of each operator that the platform makes objects of. */
export const KINDS = {
  'cloudnative-pg': ['Backup', 'Cluster', 'Database', 'DatabaseRole', 'Pooler', 'ScheduledBackup'],
  'barman-cloud': ['ObjectStore'],
  'gateway-api': ['Gateway', 'GatewayClass', 'HTTPRoute'],
} as const;

export type Operator = keyof typeof KINDS;

/** Mostly parts of a pod that CRDs copy out of Kubernetes, thousands of lines: unchecked here. */
const OPEN = new Set([
  'additionalPodAffinity',
  'additionalPodAntiAffinity',
  // The backups that CloudNativePG had before its plugin; they are on their way out.
  'barmanObjectStore',
  'containers',
  'env',
  'envFrom',
  'ephemeralVolumeSource',
  'initContainers',
  'metricRelabelings',
  'nodeAffinity',
  'podAffinity',
  'podAntiAffinity',
  'podMonitorMetricRelabelings',
  'podMonitorRelabelings',
  'podSecurityContext',
  'projectedVolumeTemplate',
  'pvcTemplate',
  'relabelings',
  'securityContext',
  'template',
  'tolerations',
  'topologySpreadConstraints',
  'volumes',
]);

interface LockEntry {
  readonly version: string;
  readonly files: readonly { readonly sha256: string }[];
}

/** Which lock entry a file of types was made from: its first line. */
export function origin(operator: Operator): string {
  const lock = JSON.parse(
    readFileSync('components/operators/operators.lock.json', 'utf8'),
  ) as Record<string, LockEntry>;
  const entry = lock[operator];
  if (entry === undefined) throw new Error(`${operator} is not in operators.lock.json`);
  const sums = entry.files.map(({ sha256 }) => sha256.slice(0, 12)).join(' ');
  return `// CRDs of ${operator} ${entry.version}: ${sums}`;
}

/**
 * Types of the specs of an operator's kinds, out of the very CRDs that are installed; without their
 * prose, which is not ours. Undefined where neither `make up` nor Go has fetched the manifests.
 */
export function crdTypes(operator: Operator): string | undefined {
  const schemas = crdSchemas(operator);
  if (schemas === undefined) return undefined;
  const types = KINDS[operator].map((kind) => {
    const spec = (schemas.get(kind) as Schema | undefined)?.properties?.['spec'];
    if (spec === undefined) throw new Error(`${operator} has no kind ${kind} with a spec`);
    return `export interface ${kind}Spec ${typeOfSchema(opened(spec), false)}\n`;
  });
  const made = '// Made by "UPDATE_GOLDEN=1 npm run golden".';
  return [`${origin(operator)}\n${made}\n`, ...types].join('\n');
}

function opened(schema: Schema): Schema {
  const { properties, items, additionalProperties } = schema;
  return {
    ...schema,
    ...(properties === undefined ? {} : { properties: openedProperties(properties) }),
    ...(items === undefined ? {} : { items: opened(items) }),
    ...(typeof additionalProperties === 'object'
      ? { additionalProperties: opened(additionalProperties) }
      : {}),
  };
}

function openedProperties(properties: Readonly<Record<string, Schema>>): Record<string, Schema> {
  const entries = Object.entries(properties).map(([name, child]): [string, Schema] => {
    if (!OPEN.has(name)) return [name, opened(child)];
    return [name, child.type === 'array' ? { type: 'array', items: { type: 'object' } } : { type: 'object' }];
  });
  return Object.fromEntries(entries);
}

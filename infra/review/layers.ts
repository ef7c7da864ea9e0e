/** Layers in the order in which they are deployed, with the folders of the components they make. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  certificates: ['certificates'],
  foundation: ['namespace', 'storage', 'operators', 'identity'],
  backup: ['backup'],
  data: ['postgres', 'documents', 'redis'],
  observability: ['logging', 'metrics', 'tracing', 'alerting', 'observability'],
  application: ['gateway', 'application'],
};

/** Things outside of every component, such as providers. */
export const OUTSIDE = 'outside of layers';

/** Names of the layers in order; what is in none of them comes last. */
export const LAYER_ORDER: readonly string[] = [...Object.keys(LAYERS), OUTSIDE];

/** The layer of what belongs to a component of this type, such as `saas:redis:RedisCluster`. */
export function layerOf(component: string): string {
  const folder = /^saas:(\w+):/.exec(component)?.[1];
  const found = Object.entries(LAYERS).find(([, folders]) => folders.includes(folder ?? ''));
  return found?.[0] ?? OUTSIDE;
}

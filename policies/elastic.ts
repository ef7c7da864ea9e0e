import { at, fields, UNKNOWN, type Value } from './values.ts';

/** API group of Elasticsearch in ECK. */
export const ELASTICSEARCH = 'elasticsearch.k8s.elastic.co';
/** API group of Kibana in ECK. */
export const KIBANA = 'kibana.k8s.elastic.co';

/** A setting of elasticsearch.yml or kibana.yml, written flat, nested or in between. */
export function option(config: Value, name: string): Value {
  const flat = at(config, name);
  if (flat !== undefined) return flat;
  const parts = name.split('.');
  for (let length = parts.length - 1; length > 0; length -= 1) {
    const inner = at(config, parts.slice(0, length).join('.'));
    const found = inner === undefined ? undefined : option(inner, parts.slice(length).join('.'));
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Whether some setting begins with a name. */
export function hasOption(config: Value, name: string): boolean | typeof UNKNOWN {
  if (option(config, name) !== undefined) {
    return option(config, name) === UNKNOWN ? UNKNOWN : true;
  }
  const all = fields(config);
  return all !== UNKNOWN && all.some(([key]) => key.startsWith(`${name}.`));
}

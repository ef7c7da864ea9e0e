import { about, findings } from './findings.ts';
import { parseImage } from './images.ts';
import type { Resource, Stack } from './resource.ts';
import type { StackFinding } from './rule.ts';
import { at, entries, fields, UNKNOWN, type Value } from './values.ts';

const TEMPLATE = ['spec', 'template', 'spec'] as const;
/** Path of the volumes of a StatefulSet. */
export const VOLUMES = 'spec.template.spec.volumes';

/** Directives of one redis.conf, by name in lower case; the last line of a name counts. */
export type Directives = ReadonlyMap<string, string>;

/** One Redis and the file that configures it. */
export interface Redis {
  readonly server: Resource;
  readonly config: Resource;
  /** Path of the file in its ConfigMap. */
  readonly path: string;
  readonly directives: Directives;
}

/** StatefulSets whose pods run Redis or Valkey, by label or image. */
export function redisServers(stack: Stack): readonly Resource[] {
  return stack.ofKind('apps', 'StatefulSet').filter(({ props }) => {
    const label = at(props, 'spec', 'template', 'metadata', 'labels', 'app.kubernetes.io/name');
    if (label === 'redis' || label === 'valkey') return true;
    const containers = entries(at(props, ...TEMPLATE, 'containers'));
    if (containers === UNKNOWN) return false;
    return containers.some((container) => {
      const image = at(container, 'image');
      const name = typeof image === 'string' ? parseImage(image).repository : '';
      return /\/(redis|valkey)$/.test(name);
    });
  });
}

/** Objects of a kind that the pods of a server mount, with the volumes; an unknown one is left out. */
export function mounted(
  stack: Stack,
  server: Resource,
  kind: 'ConfigMap' | 'Secret',
): readonly Resource[] | typeof UNKNOWN {
  const volumes = entries(at(server.props, ...TEMPLATE, 'volumes'));
  if (volumes === UNKNOWN) return UNKNOWN;
  const names = volumes.map((volume) =>
    kind === 'ConfigMap' ? at(volume, 'configMap', 'name') : at(volume, 'secret', 'secretName'),
  );
  const known = stack
    .ofKind('', kind)
    .filter((one) => one.namespace === server.namespace && names.includes(one.objectName as Value));
  return known.length === 0 && names.includes(UNKNOWN) ? UNKNOWN : known;
}

export function parseDirectives(text: string): Directives {
  const lines = text.split('\n').map((line) => line.trim());
  return new Map(
    lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => {
        const [, name = '', value = ''] = /^(\S+)\s*(.*)$/.exec(line) ?? [];
        return [name.toLowerCase(), value.replaceAll(/^"|"$/g, '')] as const;
      }),
  );
}

/** Applies a check to each Redis and its redis.conf; one without the file is a finding itself. */
export function eachRedis(
  stack: Stack,
  check: (redis: Redis) => readonly StackFinding[],
): readonly StackFinding[] {
  return redisServers(stack).flatMap((server) => {
    const configs = mounted(stack, server, 'ConfigMap');
    if (configs === UNKNOWN) return about(server, findings(VOLUMES, UNKNOWN));
    const files = configs.flatMap((config) => {
      const data = fields(at(config.props, 'data'));
      const all = data === UNKNOWN ? [['redis.conf', UNKNOWN] as const] : data;
      return all
        .filter(([key]) => key.endsWith('.conf'))
        .map(([key, value]) => ({ config, key, value }));
    });
    const [file] = files;
    if (file === undefined) {
      return about(server, findings(VOLUMES, 'mount no redis.conf of the stack'));
    }
    const { config, key, value } = file;
    const path = `data["${key}"]`;
    if (value === UNKNOWN) return about(config, findings(path, UNKNOWN));
    const directives = parseDirectives(typeof value === 'string' ? value : '');
    return check({ server, config, path, directives });
  });
}

/** A directive and what it must be; an absent one is `undefined`. */
export type Wanted = readonly [
  name: string,
  good: (value: string | undefined) => boolean,
  problem: string,
];

export function expectDirectives(
  { config, path, directives }: Redis,
  wanted: readonly Wanted[],
): readonly StackFinding[] {
  return wanted.flatMap(([name, good, problem]) =>
    about(config, findings(path, good(directives.get(name)) ? undefined : `${name} ${problem}`)),
  );
}

import { bytes, cores } from '../config/quantity.ts';
import type { Item } from './prices.ts';

/** Amounts of what is priced; an amount that is only known at the update is left out. */
export type Amounts = Partial<Record<Item, number>>;

type Json = Readonly<Record<string, unknown>>;

export const object = (value: unknown): Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const GIB = 2 ** 30;

export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((node, key) => object(node)[key], value);
}

/** Cores and GiB of a `resources` block. */
function requested(resources: unknown): Amounts {
  const read = (key: string) => {
    const value = at(resources, 'requests', key);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '0';
  };
  return { cpu: cores(read('cpu')) ?? 0, memory: (bytes(read('memory')) ?? 0) / GIB };
}

/** GiB of a size such as `20Gi`. */
export function gibibytes(size: unknown): number {
  return typeof size === 'string' ? (bytes(size) ?? 0) / GIB : 0;
}

/** What a pod asks for: its containers and sidecars together, or its largest init container. */
export function podAmounts(spec: unknown): Amounts {
  const of = (container: unknown) => requested(object(container)['resources']);
  const init = list(at(spec, 'initContainers'));
  const sidecars = init.filter((one) => object(one)['restartPolicy'] === 'Always');
  const running = sum([...list(at(spec, 'containers')), ...sidecars].map(of));
  const starting = init.filter((one) => !sidecars.includes(one)).map(of);
  const most = (item: 'cpu' | 'memory') =>
    Math.max(running[item] ?? 0, ...starting.map((amounts) => amounts[item] ?? 0));
  return { cpu: most('cpu'), memory: most('memory') };
}

/** An instance of a database cluster: its resources and its volumes. */
export function instanceAmounts(spec: unknown): Amounts {
  const volume = gibibytes(at(spec, 'storage', 'size')) + gibibytes(at(spec, 'walStorage', 'size'));
  return { ...requested(at(spec, 'resources')), volume };
}

/** Members of MongoDB replica sets: each a server, a backup agent and a volume. */
export function memberAmounts(spec: unknown): Amounts {
  const agent = requested(at(spec, 'backup', 'resources'));
  const sets = list(at(spec, 'replsets')).map((set) => {
    const claim = at(
      set,
      'volumeSpec',
      'persistentVolumeClaim',
      'resources',
      'requests',
      'storage',
    );
    const member = sum([requested(at(set, 'resources')), agent, { volume: gibibytes(claim) }]);
    return times(Number(at(set, 'size') ?? 0), member);
  });
  return sum(sets);
}

/** GiB of the volumes that each pod of a StatefulSet claims. */
export function claimAmounts(spec: unknown): Amounts {
  const claims = list(at(spec, 'volumeClaimTemplates'));
  const sizes = claims.map((claim) => at(claim, 'spec', 'resources', 'requests', 'storage'));
  return { volume: sizes.reduce<number>((total, size) => total + gibibytes(size), 0) };
}

export function times(count: number, amounts: Amounts): Amounts {
  const entries = Object.entries(amounts).map(([item, amount]) => [item, amount * count]);
  return Object.fromEntries(entries) as Amounts;
}

export function sum(parts: readonly Amounts[]): Amounts {
  const total: Amounts = {};
  for (const part of parts) {
    for (const [item, amount] of Object.entries(part) as [Item, number][]) {
      total[item] = (total[item] ?? 0) + amount;
    }
  }
  return total;
}

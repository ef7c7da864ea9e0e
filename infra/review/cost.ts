import { type Declared, demandOf } from './demand.ts';
import { shortKind } from './kinds.ts';
import type { Step } from './preview.ts';
import { type Item, ITEMS, type Prices } from './prices.ts';
import { type Amounts, sum } from './requests.ts';

export interface CostLine {
  readonly item: Item;
  readonly unit: string;
  readonly before: number;
  readonly after: number;
  /** Difference in money for a month. */
  readonly difference: number;
}

export interface Cost {
  /** Items whose amount changes, in the order of the price file. */
  readonly lines: readonly CostLine[];
  /** Difference of all lines for a month. */
  readonly difference: number;
  /** Changed objects that the figure leaves out, as `Kind name: reason`, sorted. */
  readonly unpriced: readonly string[];
}

/**
 * What a month costs more or less after the change. Counted is what objects ask for, not the nodes
 * that serve them: those are not part of the stack.
 */
export function cost(steps: readonly Step[], prices: Prices): Cost {
  const before = total(side(steps, 'before'));
  const after = total(side(steps, 'after'));
  const lines = ITEMS.flatMap((item): CostLine[] => {
    const price = prices.items[item];
    const [old, now] = [before.amounts[item] ?? 0, after.amounts[item] ?? 0];
    if (Math.abs(now - old) < 1e-9) return [];
    const difference = (now - old) * price.month;
    return [{ item, unit: price.unit, before: old, after: now, difference }];
  });
  const changed = new Set(steps.filter(({ change }) => change !== 'same').map(keyOf));
  const unpriced = new Map([...before.unpriced, ...after.unpriced]);
  return {
    lines,
    difference: lines.reduce((sum, line) => sum + line.difference, 0),
    unpriced: [...unpriced]
      .filter(([key]) => changed.has(key))
      .map(([, text]) => text)
      .sort(),
  };
}

function side(steps: readonly Step[], when: 'before' | 'after'): readonly Declared[] {
  return steps
    .filter((step) => step[when] !== undefined)
    .map((step) => ({ type: step.type, name: step.name, inputs: step[when] }));
}

function total(objects: readonly Declared[]) {
  const amounts: Amounts[] = [];
  const unpriced: [string, string][] = [];
  for (const one of objects) {
    const demand = demandOf(one, objects);
    if (typeof demand !== 'string') amounts.push(demand);
    else unpriced.push([keyOf(one), `${shortKind(one.type)} ${one.name}: ${demand}`]);
  }
  return { amounts: sum(amounts), unpriced };
}

function keyOf({ type, name }: { readonly type: string; readonly name: string }): string {
  return `${type} ${name}`;
}

import { cost } from './cost.ts';
import { shortKind } from './kinds.ts';
import { LAYER_ORDER, layerOf } from './layers.ts';
import type { PolicyFinding } from './policy-events.ts';
import type { Preview, Step } from './preview.ts';
import type { Prices } from './prices.ts';
import { plain } from './text.ts';

/** Characters of a line of the terminal. */
const WIDTH = 100;

/** What a stack consists of, costs and breaks, as text for a terminal. */
export function overview(
  stack: string,
  { steps, errors }: Preview,
  findings: readonly PolicyFinding[],
  prices: Prices,
): string {
  const kept = steps.filter(({ change }) => change !== 'delete');
  const lines = [
    `stack ${stack}: ${kept.length} resources`,
    '',
    ...LAYER_ORDER.flatMap((layer) =>
      layerLines(
        layer,
        kept.filter(({ component }) => layerOf(component) === layer),
      ),
    ),
    '',
    ...costLines(steps, prices),
    '',
    ...policyLines(findings),
  ];
  if (errors.length > 0) {
    lines.push('', 'the preview failed, so this is not all:', ...errors.map(indented));
  }
  return lines.join('\n') + '\n';
}

/** Whether the preview is complete and no mandatory policy is broken. */
export function isSound({ errors }: Preview, findings: readonly PolicyFinding[]): boolean {
  return errors.length === 0 && findings.every(({ level }) => level !== 'mandatory');
}

function layerLines(layer: string, steps: readonly Step[]): string[] {
  if (steps.length === 0) return [];
  const counts = new Map<string, number>();
  for (const { type } of steps) counts.set(typeName(type), (counts.get(typeName(type)) ?? 0) + 1);
  const parts = [...counts]
    .sort(([one, many], [other, more]) => more - many || (one < other ? -1 : 1))
    .map(([type, count]) => `${type} ${count}`);
  const head = `${layer.padEnd(18)}${String(steps.length).padStart(4)}  `;
  const rows = [head];
  parts.forEach((part, index) => {
    const text = index === parts.length - 1 ? part : `${part}, `;
    const last = rows.at(-1) ?? '';
    if (last.length + text.trimEnd().length <= WIDTH) rows[rows.length - 1] = last + text;
    else rows.push(' '.repeat(head.length) + text);
  });
  return rows.map((row) => row.trimEnd());
}

/** Providers are told apart by what they provide. */
function typeName(type: string): string {
  return type.startsWith('pulumi:providers:') ? `${shortKind(type)} provider` : shortKind(type);
}

function costLines(steps: readonly Step[], prices: Prices): string[] {
  const { lines, difference, unpriced } = cost(steps, prices);
  const row = (what: string, amount: string, money: number) =>
    `${what.padEnd(30)}${amount.padStart(10)}${money.toFixed(2).padStart(14)}`;
  return [
    `${'cost, estimated'.padEnd(30)}${'amount'.padStart(10)}${`${prices.currency} a month`.padStart(14)}`,
    ...lines.map((line) => {
      const amount = String(Math.round((line.after - line.before) * 100) / 100);
      return row(line.unit, amount, line.difference);
    }),
    row('in all', '', difference),
    ...unpriced.map((text) => `not priced: ${plain(text)}`),
    'By what objects request and the figures of infra/review/prices.json; nodes are not counted.',
  ];
}

/** The engine reports a rule as advice when a preview does not know what it would judge. */
function policyLines(findings: readonly PolicyFinding[]): string[] {
  const broken = findings.filter(({ level }) => level === 'mandatory');
  const advice = findings.filter(({ level }) => level !== 'mandatory');
  const lines = (found: readonly PolicyFinding[]) =>
    found.map(({ policy, resource, message }) =>
      indented(`${policy} at ${resource === '' ? 'the stack' : resource}: ${message}`),
    );
  return [
    `policy violations: ${broken.length}`,
    ...lines(broken),
    ...(advice.length === 0
      ? []
      : [`advice, and what only the update can judge: ${advice.length}`, ...lines(advice)]),
  ];
}

function indented(text: string): string {
  return `  ${plain(text)}`;
}

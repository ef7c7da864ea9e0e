import type { Cost } from './cost.ts';
import type { Block } from './fit.ts';
import type { PolicyFinding } from './policy-events.ts';
import type { Risk } from './risk.ts';
import { code, escaped } from './text.ts';

interface Of<T> {
  readonly stack: string;
  readonly value: T;
}

const ACTIONS = { delete: 'delete', replace: 'replace', unprotect: 'lose protection' } as const;

/** A title and its lines; nothing at all when there are none. */
function section(title: string, lines: readonly string[], whole: boolean): readonly Block[] {
  if (lines.length === 0) return [];
  return [{ head: [`### ${title}`, ''], lines, tail: [''], whole }];
}

export function riskSections(found: readonly Of<Risk>[]): readonly Block[] {
  const lines = (ranks: readonly number[]) =>
    found
      .filter(({ value }) => ranks.includes(value.rank))
      .sort((one, other) => one.value.rank - other.value.rank)
      .map(({ stack, value: { action, kind, name, consequence } }) => {
        const what = `- ${code(stack)}: **${ACTIONS[action]}** ${kind} ${code(name)}`;
        return consequence === '' ? what : `${what}: ${escaped(consequence)}`;
      });
  return [
    ...section('Data at risk', lines([0, 1]), true),
    ...section('Also deleted or replaced', lines([2]), false),
  ];
}

export function policySection(found: readonly Of<PolicyFinding>[]): readonly Block[] {
  const lines = found.map(({ stack, value }) => {
    const { level, severity, policy, resource, message } = value;
    const weight = severity === '' ? level : `${level}, ${severity}`;
    const where = resource === '' ? '' : ` at ${code(resource)}`;
    return `- ${code(stack)}: ${code(policy)} (${escaped(weight)})${where}: ${escaped(message)}`;
  });
  return section('Policy', lines, false);
}

export function costSection(found: readonly Of<Cost>[], currency: string): readonly Block[] {
  const rows = found.flatMap(({ stack, value }) =>
    value.lines.map(({ unit, before, after, difference }) => {
      const amounts = `${round(before)} | ${round(after)}`;
      return `| ${code(stack)} | ${unit} | ${amounts} | ${money(difference)} |`;
    }),
  );
  const unpriced = found.flatMap(({ stack, value }) =>
    value.unpriced.map((text) => `- ${code(stack)}: not priced: ${escaped(text)}`),
  );
  const table =
    rows.length === 0
      ? []
      : [
          `| stack | what | before | after | ${currency} a month |`,
          '| --- | --- | ---: | ---: | ---: |',
          ...rows,
          '',
          'Estimated from `infra/review/prices.json` and from what objects request; nodes are not counted.',
        ];
  const gap = table.length > 0 && unpriced.length > 0 ? [''] : [];
  return section('Cost', [...table, ...gap, ...unpriced], false);
}

export function diffBlock(stack: string, summary: string, lines: readonly string[]): Block {
  // A value may hold backticks; a fence ends only at one that is at least as long.
  const longest = lines
    .join('\n')
    .match(/`+/g)
    ?.reduce((most, run) => Math.max(most, run.length), 0);
  const fence = '`'.repeat(Math.max(3, (longest ?? 0) + 1));
  return {
    head: [`<details><summary>${escaped(stack)}: ${summary}</summary>`, '', `${fence}diff`],
    lines,
    tail: [fence, '', '</details>', ''],
    whole: false,
  };
}

export function money(difference: number): string {
  const rounded = difference.toFixed(2);
  return Number(rounded) === 0 ? '0.00' : `${difference > 0 ? '+' : ''}${rounded}`;
}

function round(amount: number): string {
  return String(Math.round(amount * 100) / 100);
}

import { cost } from './cost.ts';
import { diffLines } from './diff.ts';
import { type Block, fit } from './fit.ts';
import type { PolicyFinding } from './policy-events.ts';
import type { Change, Preview } from './preview.ts';
import type { Prices } from './prices.ts';
import { risks } from './risk.ts';
import { costSection, diffBlock, money, policySection, riskSections } from './sections.ts';
import { code, escaped, plain } from './text.ts';

/** First line of the comment: the next run finds it by this, and edits it instead of adding one. */
export const MARKER = '<!-- saas-platform:preview -->';

export interface StackReview {
  readonly stack: string;
  /** The preview, or why there is none. */
  readonly preview: Preview | { readonly missing: string };
  /** Undefined: the run recorded no policy events, which is not the same as no findings. */
  readonly policy: readonly PolicyFinding[] | undefined;
}

/**
 * The comment: what can lose data first, then policy, cost and the folded differences. The same
 * previews give the same bytes, whoever made them. At most `limit` bytes.
 */
export function renderComment(
  reviews: readonly StackReview[],
  prices: Prices,
  limit?: number,
): string {
  const stacks = reviews
    .toSorted((one, other) => (one.stack < other.stack ? -1 : 1))
    .map(({ stack, preview, policy }) => {
      const known = 'missing' in preview ? { steps: [], errors: [preview.missing] } : preview;
      const { steps, errors } = known;
      return { stack, steps, errors, policy, risks: risks(steps), cost: cost(steps, prices) };
    });
  type Stack = (typeof stacks)[number];
  const each = <T>(values: (one: Stack) => readonly T[]) =>
    stacks.flatMap((one) => values(one).map((value) => ({ stack: one.stack, value })));

  const rows = stacks.map(({ stack, steps, errors, policy, ...one }) => {
    const count = (change: Change) => steps.filter((step) => step.change === change).length;
    const atRisk = one.risks.filter(({ rank }) => rank < 2).length;
    return `| ${[
      code(stack),
      errors.length > 0 ? '**failed, incomplete**' : 'complete',
      ...(['create', 'update', 'replace', 'delete'] as const).map(count),
      atRisk > 0 ? `**${atRisk}**` : 0,
      policy === undefined ? 'not recorded' : policy.length,
      money(one.cost.difference),
    ].join(' | ')} |`;
  });
  const summary: Block = {
    head: [MARKER, '## What this change does', ''],
    lines: [
      `| stack | preview | create | update | replace | delete | data at risk | policy | ${prices.currency} a month |`,
      '| --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |',
      ...rows,
    ],
    tail: [''],
    whole: true,
  };
  const failures: Block[] = each(({ errors }) => errors).map(({ stack, value }) => ({
    head: [],
    lines: [`- ${code(stack)}: the preview failed: ${escaped(plain(value).slice(0, 500))}`],
    tail: [''],
    whole: true,
  }));
  const changes = stacks.flatMap(({ stack, steps }): Block[] => {
    const lines = steps.flatMap(diffLines);
    const changed = steps.filter(({ change }) => change !== 'same').length;
    return lines.length === 0 ? [] : [diffBlock(stack, `${changed} changed`, lines)];
  });
  return fit(
    [
      summary,
      ...failures,
      ...riskSections(each((one) => one.risks)),
      ...policySection(each(({ policy }) => policy ?? [])),
      ...costSection(
        stacks.map(({ stack, cost }) => ({ stack, value: cost })),
        prices.currency,
      ),
      ...changes,
    ],
    limit,
  );
}

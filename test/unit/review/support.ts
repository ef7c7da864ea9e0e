import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { readPolicyEvents } from '../../../infra/review/policy-events.ts';
import { readPreview, type Step } from '../../../infra/review/preview.ts';
import { readPrices } from '../../../infra/review/prices.ts';
import { renderComment, type StackReview } from '../../../infra/review/render.ts';

const root = join(import.meta.dirname, '..', '..', '..');

export const fixture = (name: string) =>
  readFileSync(join(root, 'test', 'fixtures', 'previews', name), 'utf8');

export const prices = readPrices(
  readFileSync(join(root, 'infra', 'review', 'prices.json'), 'utf8'),
);

/** A stack with its recorded preview, and its policy events when they were recorded. */
export function review(stack: string, file = `${stack}.json`, events?: string): StackReview {
  const policy = events === undefined ? undefined : readPolicyEvents(fixture(events));
  return { stack, preview: readPreview(fixture(file)), policy };
}

export const comment = (reviews: readonly StackReview[], limit?: number) =>
  renderComment(reviews, prices, limit);

/** A step with nothing of interest but what is given. */
export function step(parts: Partial<Step> & Pick<Step, 'change' | 'type' | 'name'>): Step {
  return {
    component: parts.type,
    before: undefined,
    after: undefined,
    reasons: [],
    paths: [],
    protectedBefore: false,
    protectedAfter: false,
    retained: false,
    ...parts,
  };
}

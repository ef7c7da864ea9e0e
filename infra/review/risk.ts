import { lossOf, shortKind } from './kinds.ts';
import type { Step } from './preview.ts';

export interface Risk {
  /** 0 holds data and goes for good, 1 loses a safeguard, 2 anything else that goes. */
  readonly rank: 0 | 1 | 2;
  readonly action: 'delete' | 'replace' | 'unprotect';
  readonly kind: string;
  readonly name: string;
  /** What a reviewer has to know, in one line. */
  readonly consequence: string;
}

/** Every deletion, replacement and lost protection of a preview, the worst first. */
export function risks(steps: readonly Step[]): readonly Risk[] {
  return steps.flatMap(riskOf).sort((one, other) => {
    if (one.rank !== other.rank) return one.rank - other.rank;
    const [left, right] = [one, other].map(({ action, kind, name }) => `${action} ${kind} ${name}`);
    return (left ?? '') < (right ?? '') ? -1 : 1;
  });
}

function riskOf(step: Step): Risk[] {
  const { change, type, name } = step;
  const loss = lossOf(type);
  const common = { kind: shortKind(type), name };
  if (change === 'delete' || change === 'replace') {
    // A component is only a group of others; its children have steps of their own.
    if (isComponent(type)) return [];
    const rank = loss === undefined || step.retained ? 2 : 0;
    return [{ ...common, rank, action: change, consequence: consequence(step, loss) }];
  }
  if (loss === undefined || !step.protectedBefore || step.protectedAfter) return [];
  const text = `from then on a later deletion is not refused: ${loss}`;
  return [{ ...common, rank: 1, action: 'unprotect', consequence: text }];
}

function consequence({ change, reasons, protectedBefore, retained }: Step, loss?: string): string {
  const parts: string[] = [];
  if (retained) parts.push('the object itself stays (retainOnDelete)');
  else if (loss !== undefined) parts.push(`lost: ${loss}`);
  if (change === 'replace' && reasons.length > 0) parts.push(`because of ${reasons.join(', ')}`);
  if (protectedBefore) parts.push('protected, so the update will refuse');
  return parts.join('; ');
}

/** Our components, and the stack itself. */
function isComponent(type: string): boolean {
  return type.startsWith('saas:') || type === 'pulumi:pulumi:Stack';
}

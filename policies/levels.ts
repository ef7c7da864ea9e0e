import type { Finding, Rule, Severity } from './rule.ts';

/** `mandatory` stops the update; `advisory` is a line in its output. */
export type Level = 'mandatory' | 'advisory';

const UNPROVEN: Readonly<Record<Severity, Level>> = {
  low: 'advisory',
  medium: 'advisory',
  high: 'mandatory',
  critical: 'mandatory',
};

/** What a violation of a rule does, unless the user configures another level. */
export function levelOf(severity: Severity): Level {
  return severity === 'low' ? 'advisory' : 'mandatory';
}

/** The same for one finding: what cannot be verified stops only where it could be grave for good. */
export function levelOfFinding(
  { severity, knownLater }: Pick<Rule, 'severity' | 'knownLater'>,
  kind: Finding['kind'],
): Level {
  if (kind === 'broken') return levelOf(severity);
  return knownLater === true ? 'advisory' : UNPROVEN[severity];
}

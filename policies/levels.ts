import type { Finding, Severity } from './rule.ts';

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

/** The same for one finding: what cannot be verified stops only where it could be grave. */
export function levelOfFinding(severity: Severity, kind: Finding['kind']): Level {
  return kind === 'broken' ? levelOf(severity) : UNPROVEN[severity];
}

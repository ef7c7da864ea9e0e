import { z } from 'zod';

/** One violation as the engine reported it. */
export interface PolicyFinding {
  readonly policy: string;
  /** `mandatory` stops the update, `advisory` does not. */
  readonly level: string;
  /** `low`, `medium`, `high`, `critical`, or empty when the policy states none. */
  readonly severity: string;
  /** Name of the resource in the program; empty for a rule about the whole stack. */
  readonly resource: string;
  readonly message: string;
}

const event = z.looseObject({
  policyEvent: z
    .looseObject({
      resourceUrn: z.string().default(''),
      message: z.string(),
      policyName: z.string(),
      enforcementLevel: z.string(),
      severity: z.string().default(''),
    })
    .optional(),
});

const SEVERITIES = ['critical', 'high', 'medium', 'low', ''];

/**
 * Reads the violations out of the file of `--event-log`: `pulumi preview --json` itself leaves them
 * out and ends in a bare "preview failed". All other events are skipped unread, because the debug
 * messages among them hold secrets in clear. Sorted by level, severity, policy and resource.
 *
 * @throws Error with the number of a line that is not JSON.
 */
export function readPolicyEvents(text: string): readonly PolicyFinding[] {
  const findings = text.split('\n').flatMap((line, index): PolicyFinding[] => {
    if (!line.includes('"policyEvent"')) return [];
    const violation = event.safeParse(json(line, index + 1)).data?.policyEvent;
    if (violation === undefined) return [];
    return [
      {
        policy: violation.policyName,
        level: violation.enforcementLevel,
        severity: violation.severity,
        resource: violation.resourceUrn.split('::').at(-1) ?? '',
        message: violation.message.trim(),
      },
    ];
  });
  return unique(findings).sort((one, other) => {
    const rank = rankOf(one) - rankOf(other);
    if (rank !== 0) return rank;
    return keyOf(one) < keyOf(other) ? -1 : 1;
  });
}

function json(line: string, number: number): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new Error(`line ${number} of the event log is not JSON.`);
  }
}

function rankOf({ level, severity }: PolicyFinding): number {
  const place = SEVERITIES.indexOf(severity);
  return (level === 'mandatory' ? 0 : 10) + (place < 0 ? SEVERITIES.length : place);
}

function keyOf({ policy, resource, message }: PolicyFinding): string {
  return `${policy} ${resource} ${message}`;
}

function unique(findings: readonly PolicyFinding[]): PolicyFinding[] {
  return [...new Map(findings.map((finding) => [keyOf(finding), finding])).values()];
}

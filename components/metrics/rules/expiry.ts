import type { Alert } from './rule.ts';

interface ExpiryArgs {
  readonly alert: string;
  /** Query of the moment of expiry, in seconds since 1970. */
  readonly expiry: string;
  /** What expires, as the subject of a sentence. */
  readonly subject: string;
}

/** A certificate near its end: three weeks leave time for a ticket, one week does not. */
export function expiresWithin({ alert, expiry, subject }: ExpiryArgs): Alert[] {
  const within = (days: number, severity: Alert['severity']): Alert => ({
    alert,
    severity,
    expr: `${expiry} - time() < ${days} * 86400`,
    for: '1h',
    summary: `${subject} ends within ${days} days.`,
    description: 'It ends in {{ $value | humanizeDuration }}; its renewal should have happened.',
  });
  return [within(7, 'critical'), within(21, 'warning')];
}

/** Series as promtool writes them, one value a minute, and the moment at which to look. */
export interface Situation {
  readonly series: Readonly<Record<string, string>>;
  /** Minutes after the first value. */
  readonly at: number;
}

/** One situation in which the alert must fire, and one near it in which it must stay silent. */
export interface AlertCase {
  readonly fires: Situation;
  /** `never`: it fires whatever happens. */
  readonly silent: Situation | 'never';
}

/** By `<alert>/<severity>`. */
export type AlertCases = Readonly<Record<string, AlertCase>>;

/** The same value for ten hours. */
export function steady(value: number): string {
  return `${value}x600`;
}

/** Grows by `step` a minute for ten hours. */
export function growing(step: number, start = 0): string {
  return `${start}${step < 0 ? '-' : '+'}${Math.abs(step)}x600`;
}

/** One series, or none, at one moment each. */
export function differing(
  series: string,
  bad: string | undefined,
  good: string,
  at: number,
): AlertCase {
  const of = (values: string | undefined): Situation => ({
    series: values === undefined ? {} : { [series]: values },
    at,
  });
  return { fires: of(bad), silent: of(good) };
}

/** Nothing reports what must always be there. */
export function missing(series: string, at: number, good = steady(1)): AlertCase {
  return differing(series, undefined, good, at);
}

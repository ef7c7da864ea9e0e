const UNITS: Readonly<Record<string, number>> = {
  '': 1, m: 1e-3, k: 1e3, M: 1e6, G: 1e9, T: 1e12, P: 1e15, Ki: 2 ** 10, Mi: 2 ** 20,
  Gi: 2 ** 30, Ti: 2 ** 40, Pi: 2 ** 50,
}; // prettier-ignore

/** The number that a Kubernetes quantity such as `64Mi` stands for; undefined for other texts. */
export function quantity(text: unknown): number | undefined {
  if (typeof text === 'number') return text;
  if (typeof text !== 'string') return undefined;
  const match = /^(\d+(?:\.\d+)?)(?:e(\d+))?(m|k|[MGTP]i?|Ki)?$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * 10 ** Number(match[2] ?? 0) * (UNITS[match[3] ?? ''] ?? 1);
}

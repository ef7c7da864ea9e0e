import { z } from 'zod';

/** What is counted: each has one price. */
export const ITEMS = ['cpu', 'memory', 'volume', 'load-balancer', 'bucket', 'kms-key'] as const;
export type Item = (typeof ITEMS)[number];

const schema = z.strictObject({
  currency: z.string().regex(/^[A-Z]{3}$/),
  items: z.record(
    z.enum(ITEMS),
    z.strictObject({
      /** What one is, such as `GiB of volume`. */
      unit: z.string().min(1),
      /** Price of one for a month. */
      month: z.number().positive(),
      /** Where the figure comes from. */
      source: z.string().min(1),
      /** Day on which it was entered. */
      date: z.iso.date(),
    }),
  ),
});

export type Prices = z.output<typeof schema>;

/**
 * The prices of `prices.json`.
 *
 * @throws Error that lists what is wrong: a price without source or date is refused.
 */
export function readPrices(text: string): Prices {
  const result = schema.safeParse(JSON.parse(text));
  if (result.success) return result.data;
  throw new Error(`prices.json: ${z.prettifyError(result.error)}`);
}

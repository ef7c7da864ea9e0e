import { rules } from '../../../policies/rules/index.ts';
import type { Rule } from '../../../policies/rule.ts';
import type { Case } from '../table.ts';
import { buckets } from './buckets.ts';
import { cloud } from './cloud.ts';
import { images } from './images.ts';
import { mongoCases } from './mongo.ts';
import { network } from './network.ts';
import { podIsolation } from './pod-isolation.ts';
import { podSecurity } from './pod-security.ts';
import { postgres } from './postgres.ts';
import { rbac } from './rbac.ts';
import { watching } from './watching.ts';
import { redis } from './redis.ts';

/** Makes the cases of one rule. */
export type Cases = Readonly<Record<string, (rule: Rule) => readonly Case[]>>;

const makers: Cases = {
  ...podSecurity,
  ...podIsolation,
  ...images,
  ...network,
  ...rbac,
  ...postgres,
  ...mongoCases,
  ...redis,
  ...buckets,
  ...cloud,
  ...watching,
};

export interface Tested {
  readonly id: string;
  readonly rule: Rule;
  readonly cases: readonly Case[];
}

/** Every rule of the pack with its cases. */
export const tested: readonly Tested[] = rules.map((rule) => ({
  id: rule.id,
  rule,
  cases: makers[rule.id]?.(rule) ?? [],
}));

/** Ids that have cases. */
export const ids = Object.keys(makers);

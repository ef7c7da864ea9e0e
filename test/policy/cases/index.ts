import { rules } from '../../../policies/rules/index.ts';
import type { Rule } from '../../../policies/rule.ts';
import type { Case } from '../table.ts';
import { buckets } from './buckets.ts';
import { cloud } from './cloud.ts';
import { accounts } from './accounts.ts';
import { edge } from './edge.ts';
import { resources } from './resources.ts';
import { secrets } from './secrets.ts';
import { program } from './program.ts';
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
  ...accounts,
  ...edge,
  ...resources,
  ...secrets,
  ...program,
};

export interface Tested {
  readonly id: string;
  readonly rule: Rule;
  readonly cases: readonly Case[];
}

/** PU-06 is about the waivers themselves: `waivers.test.ts`. */
const APART = ['PU-06'];

/** Every other rule of the pack with its cases. */
export const tested: readonly Tested[] = rules
  .filter(({ id }) => !APART.includes(id))
  .map((rule) => ({
    id: rule.id,
    rule,
    cases: makers[rule.id]?.(rule) ?? [],
  }));

/** Ids that have cases. */
export const ids = Object.keys(makers);

import { findings, type Verdict } from './findings.ts';
import type { Finding } from './rule.ts';
import { at, entries, fields, UNKNOWN, type Value } from './values.ts';

/** One statement of an IAM policy. Unknown entries stay in the lists. */
export interface Statement {
  readonly allows: boolean | typeof UNKNOWN;
  readonly actions: readonly Value[];
  /** Names actions or principals by what they are not. */
  readonly inverted: boolean;
  readonly resources: readonly Value[];
  /** `*`, or every name of every kind of principal. */
  readonly principals: readonly Value[];
  readonly federated: readonly Value[];
  readonly condition: Value;
}

/** A text or a list of texts as a list. */
export function listOf(value: Value): readonly Value[] {
  if (value === undefined) return [];
  const list = entries(value);
  return Array.isArray(value) && list !== UNKNOWN ? list : [value];
}

function statementOf(value: Value): Statement {
  const effect = at(value, 'Effect');
  const principal = at(value, 'Principal');
  const kinds = fields(principal);
  const named = kinds === UNKNOWN || kinds.length === 0;
  return {
    allows: effect === UNKNOWN ? UNKNOWN : effect === 'Allow',
    actions: listOf(at(value, 'Action')),
    inverted: at(value, 'NotAction') !== undefined || at(value, 'NotPrincipal') !== undefined,
    resources: listOf(at(value, 'Resource')),
    principals: named ? listOf(principal) : kinds.flatMap(([, names]) => listOf(names)),
    federated: listOf(at(principal, 'Federated')),
    condition: at(value, 'Condition'),
  };
}

function parse(document: Value): Value {
  if (typeof document !== 'string') return document;
  try {
    return JSON.parse(document) as Value;
  } catch {
    return undefined;
  }
}

/** The statements of a policy, as text or as an object; none for what is no policy. */
export function statements(document: Value): readonly Statement[] | typeof UNKNOWN {
  const list = at(parse(document), 'Statement');
  if (list === UNKNOWN) return UNKNOWN;
  return listOf(list).map(statementOf);
}

/** Applies a check to each statement of the policy in a property. */
export function eachStatement(
  props: Value,
  property: string,
  check: (statement: Statement) => Verdict,
): readonly Finding[] {
  const document = at(props, property);
  if (document === undefined) return [];
  const list = statements(document);
  if (list === UNKNOWN) return findings(property, UNKNOWN);
  if (list.length === 0) return findings(property, 'is no policy');
  return list.flatMap((one, index) => findings(`${property}.Statement[${index}]`, check(one)));
}

/** Whether a list has a value, a text or one that a test accepts. */
export function has(
  list: readonly Value[],
  test: (text: string) => boolean,
): boolean | typeof UNKNOWN {
  if (list.some((one) => typeof one === 'string' && test(one))) return true;
  return list.includes(UNKNOWN) && UNKNOWN;
}

/** What opens a resource to everybody: every principal, without a condition. */
export function open({ allows, principals, inverted, condition }: Statement): Verdict {
  if (allows === false || condition !== undefined) return undefined;
  const everybody = inverted || has(principals, (name) => name === '*');
  if (everybody === false) return undefined;
  return allows === UNKNOWN || everybody === UNKNOWN ? UNKNOWN : 'lets everybody in';
}

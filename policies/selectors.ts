import { at, entries, fields, UNKNOWN, type Value } from './values.ts';

export type Match = boolean | typeof UNKNOWN;

function all(matches: readonly Match[]): Match {
  if (matches.includes(false)) return false;
  return matches.includes(UNKNOWN) ? UNKNOWN : true;
}

function expression(one: Value, labels: Value): Match {
  const key = at(one, 'key');
  const operator = at(one, 'operator');
  const values = entries(at(one, 'values'));
  if (typeof key !== 'string' || typeof operator !== 'string') {
    return key === UNKNOWN || operator === UNKNOWN ? UNKNOWN : false;
  }
  const label = at(labels, key);
  if (label === UNKNOWN || values === UNKNOWN) return UNKNOWN;
  if (operator === 'Exists') return label !== undefined;
  if (operator === 'DoesNotExist') return label === undefined;
  const listed = values.includes(label) || (values.includes(UNKNOWN) && UNKNOWN);
  if (operator === 'In') return label !== undefined && listed;
  return label === undefined || (listed === UNKNOWN ? UNKNOWN : !listed);
}

/** Whether a label selector of Kubernetes selects an object with these labels. `{}` selects all. */
export function selects(selector: Value, labels: Value): Match {
  if (selector === UNKNOWN) return UNKNOWN;
  const wanted = fields(at(selector, 'matchLabels'));
  const expressions = entries(at(selector, 'matchExpressions'));
  if (wanted === UNKNOWN || expressions === UNKNOWN) return UNKNOWN;
  return all([
    ...wanted.map(([key, value]): Match => {
      const label = at(labels, key);
      if (label === UNKNOWN || value === UNKNOWN) return UNKNOWN;
      return label === value;
    }),
    ...expressions.map((one) => expression(one, labels)),
  ]);
}

/** True for `{}` and for a selector whose parts are empty. */
export function selectsAll(selector: Value): Match {
  if (selector === UNKNOWN) return UNKNOWN;
  const wanted = fields(at(selector, 'matchLabels'));
  const expressions = entries(at(selector, 'matchExpressions'));
  if (wanted === UNKNOWN || expressions === UNKNOWN) return UNKNOWN;
  return wanted.length === 0 && expressions.length === 0;
}

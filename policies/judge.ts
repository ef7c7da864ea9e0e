import { kindOf } from './pods.ts';
import type { Finding, Rule, Subject } from './rule.ts';
import type { Exception } from './exceptions.ts';
import { at } from './values.ts';

function text(value: unknown, otherwise: string): string {
  return typeof value === 'string' ? value : otherwise;
}

/** `<kind> <namespace>/<name>` of a resource, as exceptions name it. */
export function objectOf({ type, props }: Subject): string {
  const kind = kindOf(type)?.kind ?? type;
  const namespace = text(at(props, 'metadata', 'namespace'), 'default');
  return `${kind} ${namespace}/${text(at(props, 'metadata', 'name'), '?')}`;
}

function message(
  rule: Rule,
  findings: readonly Finding[],
  expired: Exception | undefined,
): string[] {
  const broken = findings.flatMap((one) =>
    one.kind === 'broken' ? [`${one.problem} (${one.path})`] : [],
  );
  const unknown = findings.flatMap((one) => (one.kind === 'unknown' ? [one.path] : []));
  const ended =
    expired === undefined
      ? ''
      : ` The exception of ${expired.owner} ended on ${expired.until}: renew it or end the need.`;
  return [
    ...(broken.length === 0 ? [] : [`${rule.id}: ${broken.join('; ')}. ${rule.fix}${ended}`]),
    ...(unknown.length === 0
      ? []
      : [
          `${rule.id}: cannot be checked, because the preview does not know ${unknown.join(', ')}. ` +
            `Give it a value that does not come from another resource.${ended}`,
        ]),
  ];
}

/**
 * The violation messages of one rule for one resource. An exception silences them until its last
 * day. `today` is `YYYY-MM-DD`.
 */
export function judge(
  rule: Rule,
  subject: Subject,
  exceptions: readonly Exception[],
  today: string,
): readonly string[] {
  const findings = rule.check(subject);
  if (findings.length === 0) return [];
  const object = objectOf(subject);
  const own = exceptions.filter((one) => one.rule === rule.id && one.object === object);
  if (own.some(({ until }) => today <= until)) return [];
  return message(rule, findings, own[0]);
}

import { levelOf, levelOfFinding, type Level } from './levels.ts';
import type { Resource, Stack } from './resource.ts';
import type { Context, Finding, Rule } from './rule.ts';
import { concerns, holds, type Waiver } from './waivers.ts';

/** What is reported about one rule and one resource. */
export interface Violation {
  readonly level: Level;
  readonly message: string;
  readonly urn: string;
}

/** Judges one resource by itself. */
export function judge(rule: Rule, resource: Resource, context: Context): readonly Violation[] {
  return report(rule, resource, rule.check?.(resource, context) ?? [], context);
}

/** Judges a stack: the violations by resource, in the order of their URNs. */
export function judgeStack(rule: Rule, stack: Stack, context: Context): readonly Violation[] {
  const found = Map.groupBy(rule.checkStack?.(stack, context) ?? [], ({ resource }) => resource);
  return [...found]
    .sort(([one], [other]) => (one.urn < other.urn ? -1 : 1))
    .flatMap(([resource, own]) => report(rule, resource, own, context));
}

function report(
  rule: Rule,
  resource: Resource,
  found: readonly Finding[],
  { waivers, stack, today }: Context,
): readonly Violation[] {
  if (found.length === 0) return [];
  const own = waivers.filter((waiver) => concerns(waiver, rule.id, resource.object, stack));
  if (own.some((waiver) => holds(waiver, today) && found.length <= waiver.places)) return [];
  const end = [...new Set(own.map((waiver) => ended(waiver, found.length, today)))].join('');
  return violations(rule, found, end).map((violation) => ({ ...violation, urn: resource.urn }));
}

function ended({ owner, until, places }: Waiver, found: number, today: string): string {
  if (until !== undefined && today > until) {
    return ` The exception of ${owner} ended on ${until}: renew it or end the need.`;
  }
  return ` It is waived for ${places} of these ${found} places: mend the others or count them too.`;
}

function violations(
  rule: Rule,
  found: readonly Finding[],
  end: string,
): readonly Omit<Violation, 'urn'>[] {
  const { id, severity, fix, knownLater } = rule;
  const remedy =
    knownLater === true
      ? 'The update judges it when it is known.'
      : 'Give it a value that does not come from another resource.';
  const sorted = [...found].sort((one, other) => (one.path < other.path ? -1 : 1));
  const broken = sorted
    .filter(({ kind }) => kind === 'broken')
    .map(({ problem, path }) => `${problem} (${path})`);
  const unknown = sorted.filter(({ kind }) => kind === 'unknown').map(({ path }) => path);
  const text = [...new Set(broken)].join('; ');
  const paths = [...new Set(unknown)].join(', ');
  return [
    ...(text === '' ? [] : [{ level: levelOf(severity), message: `${id}: ${text}. ${fix}${end}` }]),
    ...(paths === ''
      ? []
      : [
          {
            level: levelOfFinding(rule, 'unknown'),
            message:
              `${id}: cannot be verified at preview, which does not know ${paths}. ` +
              `${remedy}${end}`,
          },
        ]),
  ];
}

import type { Finding, StackFinding } from './rule.ts';
import type { Resource } from './resource.ts';
import { UNKNOWN } from './values.ts';

/** What is wrong with a thing: a text, `UNKNOWN` where it cannot be told, or nothing. */
export type Verdict = string | typeof UNKNOWN | undefined;

export function broken(path: string, problem: string): Finding {
  return { kind: 'broken', path, problem };
}

export function unknown(path: string): Finding {
  return { kind: 'unknown', path, problem: '' };
}

/** The verdict as findings; `subject` is the start of the sentence, for example `container "a"`. */
export function findings(path: string, verdict: Verdict, subject = ''): readonly Finding[] {
  if (verdict === undefined) return [];
  if (verdict === UNKNOWN) return [unknown(path)];
  return [broken(path, subject === '' ? verdict : `${subject} ${verdict}`)];
}

/** Findings of a stack rule about one of its resources. */
export function about(resource: Resource, found: readonly Finding[]): readonly StackFinding[] {
  return found.map((finding) => ({ ...finding, resource }));
}

import type { Step } from './preview.ts';
import { redact } from './redact.ts';

/** The engine writes this for a value that only the update will know. */
const UNKNOWN = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';
/** Characters of a value that are shown. */
const LONGEST = 160;

const SIGNS = { create: '+', update: '!', replace: '!', delete: '-' } as const;

/** One resource's lines for a `diff` block: a headline, and for changes each property that differs. */
export function diffLines(step: Step): readonly string[] {
  const { change, type, name, reasons } = step;
  if (change === 'same') return [];
  const headline = `${SIGNS[change]} ${change} ${type} ${name}`;
  if (change === 'create' || change === 'delete') return [headline];
  const before = leaves(redact(type, step.before));
  const after = leaves(redact(type, step.after));
  const lines = union(before, after).flatMap((path) => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === now) return [];
    const forces = reasons.some((reason) => path === reason || path.startsWith(`${reason}.`));
    const note = forces ? '  (forces the replacement)' : '';
    return [
      ...(old === undefined ? [] : [`-   ${path}: ${old}`]),
      ...(now === undefined ? [] : [`+   ${path}: ${now}${note}`]),
    ];
  });
  const hidden = hiddenPaths(step).filter((path) => !lines.some((line) => line.includes(path)));
  return [headline, ...lines, ...hidden.map((path) => `!   ${path}: changes, value not shown`)];
}

/** Masked values look alike on both sides, and a reviewer must not take that for "no change". */
function hiddenPaths({ before, after, reasons, paths }: Step): readonly string[] {
  const [old, now] = [leaves(before), leaves(after)];
  const differing = union(old, now).filter((path) => old.get(path) !== now.get(path));
  return [...new Set([...differing, ...reasons, ...paths])].sort();
}

function union(one: ReadonlyMap<string, string>, other: ReadonlyMap<string, string>): string[] {
  return [...new Set([...one.keys(), ...other.keys()])].sort();
}

/** Every leaf by its dotted path, as one line of JSON. */
function leaves(root: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visit = (node: unknown, path: string) => {
    if (typeof node !== 'object' || node === null) {
      if (node !== undefined) found.set(path, shown(node));
      return;
    }
    const entries = Object.entries(node);
    if (entries.length === 0) found.set(path, Array.isArray(node) ? '[]' : '{}');
    for (const [key, child] of entries) {
      if (Array.isArray(node)) visit(child, `${path}[${key}]`);
      else visit(child, path === '' ? key : `${path}.${key}`);
    }
  };
  visit(withoutChosenName(root), '');
  return found;
}

function shown(value: unknown): string {
  if (value === UNKNOWN) return '(known after the update)';
  const text = JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}… (${text.length} characters)` : text;
}

/** A name that the provider chose ends in random letters, which differ in each preview. */
function withoutChosenName(root: unknown): unknown {
  const { metadata } = (root ?? {}) as { metadata?: Record<string, unknown> };
  const annotations = metadata?.['annotations'] as Record<string, unknown> | undefined;
  if (annotations?.['pulumi.com/autonamed'] !== 'true') return root;
  return { ...(root as object), metadata: { ...metadata, name: '(chosen at the update)' } };
}

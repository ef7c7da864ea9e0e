import { z } from 'zod';

import { ConfigError } from '../../components/errors.ts';
import { schemaAt } from './schema-at.ts';
import { similar } from './similar.ts';

type Issue = z.core.$ZodIssue;
type Path = readonly PropertyKey[];

/** `a.b[0].c`, as a user would write the place of a setting. */
export function dotted(path: Path): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}

function valueAt(root: unknown, path: Path): unknown {
  return path.reduce<unknown>((value, part) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return (value as Record<PropertyKey, unknown>)[part];
  }, root);
}

function shown(value: unknown): string {
  if (value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of settings';
  return JSON.stringify(value);
}

const NOUNS: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a group of settings',
  array: 'a list',
};

function typeProblem(issue: Issue & { code: 'invalid_type' }, value: unknown): string {
  const problem = `expected ${NOUNS[issue.expected] ?? issue.expected}, got ${shown(value)}.`;
  const quoted = typeof value === 'string' && ['number', 'int', 'boolean'].includes(issue.expected);
  if (quoted) return `${problem} Write it without quotes.`;
  const bare = issue.expected === 'string' && typeof value === 'number';
  return bare ? `${problem} Write it in quotes: "${value}".` : problem;
}

function choice(values: readonly unknown[], value: unknown): string {
  const allowed = values.map((one) => JSON.stringify(one)).join(', ');
  const guess = typeof value === 'string' ? similar(value, values.map(String)) : undefined;
  const problem =
    values.length === 1
      ? `must be ${allowed}, got ${shown(value)}.`
      : `must be one of ${allowed}, got ${shown(value)}.`;
  return guess === undefined ? problem : `${problem} Did you mean "${guess}"?`;
}

/** A setting that is absent: say what it is for, because its name alone is all the user sees. */
function missing(schema: z.core.$ZodType | undefined): string {
  const meaning = schema === undefined ? undefined : z.globalRegistry.get(schema)?.description;
  return meaning === undefined ? 'is missing.' : `is missing. ${meaning}`;
}

function describe(issue: Issue, root: unknown, schema: z.core.$ZodType): ConfigError[] {
  const path = dotted(issue.path);
  const value = valueAt(root, issue.path);
  const one = (problem: string) => [new ConfigError(path, problem)];
  if (issue.code === 'unrecognized_keys') {
    const known = schemaAt(schema, issue.path, root);
    const names = known instanceof z.ZodObject ? Object.keys(known.shape) : [];
    return issue.keys.map((key) => {
      const guess = similar(key, names);
      const hint = guess === undefined ? `Known: ${names.join(', ')}.` : `Did you mean "${guess}"?`;
      return new ConfigError(dotted([...issue.path, key]), 'unknown setting.', hint);
    });
  }
  if (value === undefined) return one(missing(schemaAt(schema, issue.path, root)));
  switch (issue.code) {
    case 'invalid_type':
      return one(typeProblem(issue, value));
    case 'invalid_value':
      return one(choice(issue.values, value));
    case 'too_small':
      return one(
        issue.origin === 'array'
          ? `must have at least ${issue.minimum} entries.`
          : issue.origin === 'string'
            ? 'must not be empty.'
            : `must be at least ${issue.minimum}, got ${shown(value)}.`,
      );
    case 'too_big':
      return one(`must be at most ${issue.maximum}, got ${shown(value)}.`);
    case 'invalid_union':
      return union(issue, root, schema, path, value);
    case 'invalid_format':
      return one(`${shown(value)} ${issue.message}`);
    default:
      return one(issue.message);
  }
}

/** A union of literals is one choice; of other branches the one that came furthest explains it. */
function union(
  issue: Issue & { code: 'invalid_union' },
  root: unknown,
  schema: z.core.$ZodType,
  path: string,
  value: unknown,
): ConfigError[] {
  if (issue.discriminator !== undefined) {
    const kinds = 'options' in issue ? (issue.options ?? []) : [];
    return [new ConfigError(path, choice(kinds, value))];
  }
  const literals = issue.errors.flat();
  if (literals.every((inner) => inner.code === 'invalid_value')) {
    return [
      new ConfigError(
        path,
        choice(
          literals.flatMap((inner) => inner.values),
          value,
        ),
      ),
    ];
  }
  const fitting =
    issue.errors.find(([first]) => first?.code !== 'invalid_type') ?? issue.errors[0] ?? [];
  return fitting.flatMap((inner) =>
    describe({ ...inner, path: [...issue.path, ...inner.path] }, root, schema),
  );
}

/** Path of the setting that an unknown one was taken for. */
function guessed(path: string, hint: string | undefined): string | undefined {
  const name = /^Did you mean "(.+)"\?$/.exec(hint ?? '')?.[1];
  return name === undefined ? undefined : path.replace(/[^.]+$/, name);
}

/** All mistakes of a parse as `ConfigError`s, one per setting, in the order of the file. */
export function problemsOf(
  error: z.core.$ZodError,
  root: unknown,
  schema: z.core.$ZodType,
): ConfigError[] {
  const problems = error.issues.flatMap((issue) => describe(issue, root, schema));
  // A misspelt setting is one mistake: do not report its right name as missing as well.
  const meant = new Set(problems.map(({ path, hint }) => guessed(path, hint)));
  return problems.filter(({ path, message }) => {
    return !(meant.has(path) && message.startsWith(`${path}: is missing.`));
  });
}

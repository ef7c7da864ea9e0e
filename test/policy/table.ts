import type { Rule } from '../../policies/rule.ts';
import { HOLDERS, podSpec, deployment, DEPLOYMENT } from './good.ts';
import { unknownObject, type Json, type Options, type Subject } from './support.ts';

/** What a case shows; the meta-test wants every kind for every rule. */
export type Shows =
  'pass' | 'fail' | 'unknown' | 'null' | 'empty' | 'wrong type' | 'place' | 'holder';

export interface Case {
  readonly title: string;
  readonly subjects: readonly Subject[];
  /** Every message, exactly. */
  readonly messages: readonly string[];
  readonly shows: Shows;
  readonly settings?: Options['settings'];
}

/** Path such as `spec.containers[0].image`, taken apart. A key with dots stands in brackets. */
export function steps(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|\[([^\]]+)\]|([^.[\]]+)/g)].map(([, index, quoted, key]) =>
    index === undefined ? (quoted ?? key ?? '') : Number(index),
  );
}

/** A copy in which one field has another value; `undefined` removes it. */
export function change(object: unknown, path: string, value: unknown): Json {
  return set(object, steps(path), value) as Json;
}

function set(node: unknown, [step, ...rest]: (string | number)[], value: unknown): unknown {
  if (step === undefined) return value;
  const old = (node ?? {}) as Record<string | number, unknown>;
  const child = rest.length === 0 ? value : set(old[step], rest, value);
  if (typeof step === 'number') {
    const list = Array.isArray(node) ? [...(node as unknown[])] : [];
    list[step] = child;
    return list;
  }
  const copy = { ...old };
  if (child === undefined) delete copy[step];
  else copy[step] = child;
  return copy;
}

/** The message of a rule about broken places, each as `problem (path)`. */
export function broken({ id, fix }: Rule, ...places: readonly string[]): string {
  return `${id}: ${places.join('; ')}. ${fix}`;
}

/** The message of a rule about paths that the preview does not know. */
export function unverified({ id, knownLater }: Rule, ...paths: readonly string[]): string {
  const remedy =
    knownLater === true
      ? 'The update judges it when it is known.'
      : 'Give it a value that does not come from another resource.';
  return `${id}: cannot be verified at preview, which does not know ${paths.join(', ')}. ${remedy}`;
}

function named(value: unknown): string {
  return value === undefined ? 'absent' : JSON.stringify(value);
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function typeOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

function kindOfValue(value: unknown): Shows | undefined {
  if (value === null) return 'null';
  if (value === '' || JSON.stringify(value) === '[]' || JSON.stringify(value) === '{}')
    return 'empty';
  return undefined;
}

/** A field of a good object, the values that are good and the ones that are bad there. */
export interface Field {
  /** Keeps the rule. Default: a Deployment. */
  readonly base?: readonly Subject[];
  /** Which resource of the base the field is in. Default: the first. */
  readonly of?: number;
  readonly field: string;
  readonly good: readonly unknown[];
  /** Values with what is wrong about them. */
  readonly bad: readonly (readonly [value: unknown, problem: string])[];
  /** Problem of values of any other type. Left out: they are listed in `good` or `bad`. */
  readonly wrong?: string;
  /** Path in the message. Default: the field. */
  readonly place?: string;
  /** Fields above the field that may be unknown, with the path then reported. Default: all. */
  readonly unknown?: readonly (readonly [field: string, place: string])[];
  readonly settings?: Options['settings'];
}

const WRONG = [7, 'text', [], {}, ['text'], { key: 'value' }, true, false];

/** Every case that one field makes: good, bad, odd and unknown values, one change each. */
export function field(rule: Rule, spec: Field): readonly Case[] {
  const { base = [{ type: DEPLOYMENT, props: deployment() }], of = 0, good, bad } = spec;
  const place = spec.place ?? spec.field;
  const listed = [...good, ...bad.map(([value]) => value)].map(named);
  // Another value of a type that is good somewhere is a question of its own.
  const types = new Set(good.map(typeOf));
  const wrong = WRONG.filter(
    (value) =>
      spec.wrong !== undefined && !listed.includes(named(value)) && !types.has(typeOf(value)),
  );
  const made = (path: string, value: unknown, messages: readonly string[], shows: Shows): Case => ({
    title: `${path} is ${value === unknownObject ? 'unknown' : named(value)}`,
    subjects: base.map((one, index) =>
      index === of ? { ...one, props: change(one.props, path, value) } : one,
    ),
    messages,
    shows,
    ...(spec.settings && { settings: spec.settings }),
  });
  return [
    ...good.map((value) => made(spec.field, value, [], kindOfValue(value) ?? 'pass')),
    ...bad.map(([value, problem]) => {
      const messages = [broken(rule, `${problem} (${place})`)];
      const odd = value !== undefined && !types.has(typeOf(value)) && good.some(isSet);
      return made(spec.field, value, messages, kindOfValue(value) ?? (odd ? 'wrong type' : 'fail'));
    }),
    ...wrong.map((value) =>
      made(
        spec.field,
        value,
        [broken(rule, `${spec.wrong} (${place})`)],
        kindOfValue(value) ?? 'wrong type',
      ),
    ),
    ...(spec.unknown ?? ancestors(spec.field).map((path) => [path, place] as const)).map(
      ([path, reported]) => made(path, unknownObject, [unverified(rule, reported)], 'unknown'),
    ),
  ];
}

/** `a.b[0]` → `a.b[0]`, `a.b`, `a`. */
function ancestors(path: string): string[] {
  const all = [path];
  for (let rest = path; rest.includes('.') || rest.includes('['); all.push(rest)) {
    rest = rest.replace(/(\.[^.[\]]+|\[[^\]]+\])$/, '');
  }
  return all;
}

const POD = 'spec.template.spec';
const CONTAINER = `${POD}.containers[0]`;

/** A field of a container: also in each list of containers, and in each kind that holds a pod. */
export function containerField(
  rule: Rule,
  spec: Omit<Field, 'base' | 'of' | 'place'> & {
    readonly base?: Subject;
    /** Path in the message, from the container. Default: the container itself. */
    readonly place?: string;
    /** The first bad value is an absence, which another owner may fill. */
    readonly absence?: true;
    /** Lists of containers that the rule is about. Default: all three. */
    readonly lists?: readonly string[];
  },
): readonly Case[] {
  const suffix = spec.place === undefined ? '' : `.${spec.place}`;
  const place = `${CONTAINER}${suffix}`;
  const inContainer = ancestors(spec.field).map((path) => [`${CONTAINER}.${path}`, place] as const);
  const above = [
    [CONTAINER, CONTAINER],
    [`${POD}.containers`, `${POD}.containers`],
    [POD, POD],
    ['spec.template', POD],
    ['spec', POD],
  ] as const;
  const [value, problem] = spec.bad[0] ?? [];
  const shown = (where: string) => broken(rule, `${problem} (${where}${suffix})`);
  const lists = spec.lists ?? ['containers', 'initContainers', 'ephemeralContainers'];
  const { base: own, absence, ...more } = spec;
  const base = own ?? { type: DEPLOYMENT, props: deployment() };
  const pod = ((base.props['spec'] as Json)['template'] as Json)['spec'] as Json;
  const [good] = pod['containers'] as Json[];
  const bad = change(good, spec.field, value);
  return [
    ...field(rule, {
      ...more,
      base: [base],
      field: `${CONTAINER}.${spec.field}`,
      place,
      unknown: spec.unknown ?? [...inContainer, ...above],
    }),
    ...lists.map((list): Case => {
      const others = list === 'containers' ? [good, bad] : [bad];
      const where = `${POD}.${list}[${others.length - 1}]`;
      return {
        title: `a bad one in ${list}`,
        subjects: [{ ...base, props: change(base.props, `${POD}.${list}`, others) }],
        messages: [shown(where)],
        shows: 'place',
      };
    }),
    ...holders(
      change(pod, 'containers', [bad]),
      pod,
      (path) => shown(`${path}.containers[0]`),
      absence,
    ),
  ];
}

/** A field of the pod: also in each kind that holds one. */
export function podField(rule: Rule, spec: Omit<Field, 'base' | 'of'>): readonly Case[] {
  const place = spec.place ?? spec.field;
  const [value, problem] = spec.bad[0] ?? [];
  const inPod = ancestors(spec.field).map((path) => [`${POD}.${path}`, `${POD}.${place}`] as const);
  const above = [POD, 'spec.template', 'spec'].map((path) => [path, POD] as const);
  return [
    ...field(rule, {
      ...spec,
      field: `${POD}.${spec.field}`,
      place: `${POD}.${place}`,
      unknown: spec.unknown ?? [...inPod, ...above],
    }),
    ...holders(change(podSpec(), spec.field, value), podSpec(), (path) =>
      broken(rule, `${problem} (${path}.${place})`),
    ),
  ];
}

/** The bad pod fails in every kind that holds a pod, and the good one passes there. */
function holders(
  bad: Json,
  good: Json,
  message: (path: string) => string,
  absence?: true,
): readonly Case[] {
  return HOLDERS.flatMap(({ type, wrap, path, partial }): Case[] => [
    {
      title: `a bad pod in ${type}`,
      subjects: [{ type, props: wrap(bad) }],
      messages: absence && partial ? [] : [message(path)],
      shows: 'holder',
    },
    {
      title: `a good pod in ${type}`,
      subjects: [{ type, props: wrap(good) }],
      messages: [],
      shows: 'holder',
    },
  ]);
}

/** A case that no table makes. */
export function passes(title: string, ...subjects: readonly Subject[]): Case {
  return { title, subjects, messages: [], shows: 'pass' };
}

export function fails(title: string, message: string, ...subjects: readonly Subject[]): Case {
  return { title, subjects, messages: [message], shows: 'fail' };
}

export function isUnknown(title: string, message: string, ...subjects: readonly Subject[]): Case {
  return { title, subjects, messages: [message], shows: 'unknown' };
}

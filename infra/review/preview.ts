import { z } from 'zod';

/** What happens to a resource, with the engine's partial steps of a replacement folded into one. */
export type Change = 'create' | 'update' | 'replace' | 'delete' | 'same';

export interface Step {
  readonly change: Change;
  /** Pulumi type, such as `kubernetes:apps/v1:StatefulSet`. */
  readonly type: string;
  /** Name in the program. */
  readonly name: string;
  /** Type of the outermost component that it belongs to; its own type outside of any. */
  readonly component: string;
  /** Inputs before and after; outputs are never read, because secrets have leaked into them. */
  readonly before: unknown;
  readonly after: unknown;
  /** Property paths that force the replacement, sorted. */
  readonly reasons: readonly string[];
  /** Property paths that the provider says will change, sorted. */
  readonly paths: readonly string[];
  readonly protectedBefore: boolean;
  readonly protectedAfter: boolean;
  /** The object stays in the cluster or cloud when it leaves the state. */
  readonly retained: boolean;
}

export interface Preview {
  readonly steps: readonly Step[];
  /** Texts of errors. One means that the preview is incomplete. */
  readonly errors: readonly string[];
}

const state = z.looseObject({
  inputs: z.unknown().optional(),
  protect: z.boolean().default(false),
  retainOnDelete: z.boolean().default(false),
});
const digest = z.looseObject({
  steps: z
    .array(
      z.looseObject({
        op: z.string(),
        urn: z.string(),
        oldState: state.optional(),
        newState: state.optional(),
        replaceReasons: z.array(z.string()).nullish(),
        detailedDiff: z.record(z.string(), z.looseObject({ kind: z.string() })).nullish(),
      }),
    )
    .default([]),
  diagnostics: z
    .array(z.looseObject({ message: z.string().default(''), severity: z.string().default('') }))
    .default([]),
});

/** Operations of the engine that change nothing outside, or are told by another step. */
const CHANGES: Readonly<Record<string, Change>> = {
  create: 'create',
  import: 'create',
  update: 'update',
  delete: 'delete',
  replace: 'replace',
  'create-replacement': 'replace',
  'delete-replaced': 'replace',
  'import-replacement': 'replace',
  same: 'same',
};

/**
 * Reads what `pulumi preview --json` printed.
 *
 * @throws Error in one line when the text is something else.
 */
export function readPreview(text: string): Preview {
  const { steps, diagnostics } = parse(text);
  const byUrn = new Map<string, Step>();
  for (const raw of steps) {
    const change = CHANGES[raw.op];
    if (change === undefined) continue;
    const earlier = byUrn.get(raw.urn);
    // A replacement is up to three steps of one URN; the logical one alone has both states.
    if (earlier !== undefined && raw.op !== 'replace') continue;
    const [type = '', name = ''] = raw.urn.split('::').slice(2);
    const forcing = Object.entries(raw.detailedDiff ?? {})
      .filter(([, { kind }]) => kind.endsWith('-replace'))
      .map(([path]) => path);
    byUrn.set(raw.urn, {
      change,
      // The type of a child is preceded by those of its parents.
      type: type.slice(type.lastIndexOf('$') + 1),
      name,
      component: type.slice(0, type.indexOf('$') < 0 ? undefined : type.indexOf('$')),
      before: raw.oldState?.inputs,
      after: change === 'delete' ? undefined : raw.newState?.inputs,
      reasons: [...new Set([...(raw.replaceReasons ?? []), ...forcing])].sort(),
      paths: Object.keys(raw.detailedDiff ?? {}).sort(),
      protectedBefore: raw.oldState?.protect ?? false,
      protectedAfter: raw.newState?.protect ?? false,
      retained: raw.oldState?.retainOnDelete ?? false,
    });
  }
  // The engine works in parallel, so its own order differs from run to run.
  const order = [...byUrn].sort(([urn], [other]) => (urn < other ? -1 : 1));
  return {
    steps: order.map(([, step]) => step),
    errors: diagnostics
      .filter(({ severity }) => severity === 'error')
      .map(({ message }) => message.trim())
      .sort(),
  };
}

function parse(text: string): z.output<typeof digest> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new Error('not the output of "pulumi preview --json": it is not JSON.');
  }
  const result = digest.safeParse(json);
  const names = Object.keys(Object(json) as object);
  if (result.success && ['steps', 'diagnostics', 'duration'].some((name) => names.includes(name))) {
    return result.data;
  }
  throw new Error('not the output of "pulumi preview --json": it has no steps or diagnostics.');
}

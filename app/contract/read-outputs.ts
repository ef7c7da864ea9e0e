import { readFileSync } from 'node:fs';

import Schema, { type XSchema } from 'typebox/schema';

import type { PlatformOutputs } from './platform-outputs.ts';

const schemaFile = new URL('outputs.schema.json', import.meta.url);

/** What `pulumi stack output` prints in place of a secret. */
const HIDDEN = '[secret]';

/**
 * The outputs of a stack of the platform, checked. Outputs that this contract does not know yet are
 * left in place.
 * @param text what `pulumi stack output --json --show-secrets` printed
 * @throws Error with one line per problem. No line holds a value.
 */
export function parseOutputs(text: string): PlatformOutputs {
  let outputs: unknown;
  try {
    outputs = JSON.parse(text);
  } catch {
    throw new Error('the outputs are not JSON: pass "pulumi stack output --json --show-secrets".');
  }
  const schema = JSON.parse(readFileSync(schemaFile, 'utf8')) as XSchema & object;
  const [, errors] = Schema.Errors(schema, outputs);
  const lines = errors.flatMap(({ instancePath, message, keyword, params }) => {
    if (valueAt(outputs, instancePath) === HIDDEN) {
      return [`${dotted(instancePath)}: is hidden. Add --show-secrets.`];
    }
    if (keyword !== 'required') return [`${dotted(instancePath)}: ${message}.`];
    const present = Object(valueAt(outputs, instancePath)) as object;
    const missing = params.requiredProperties;
    return missing
      .filter((name) => !(name in present))
      .map((name) => `${dotted(`${instancePath}/${name}`)}: is missing.`);
  });
  if (errors.length === 0) return outputs as PlatformOutputs;
  const unique = [...new Set(lines)].join('\n  ');
  throw new Error(`the outputs do not fit the platform's contract:\n  ${unique}`);
}

/** `parseOutputs` of a file. */
export function readOutputs(file: string | URL): PlatformOutputs {
  return parseOutputs(readFileSync(file, 'utf8'));
}

function valueAt(node: unknown, pointer: string): unknown {
  const keys = pointer.split('/').slice(1);
  return keys.reduce<unknown>(
    (inner, key) => (Object(inner) as Record<string, unknown>)[key],
    node,
  );
}

function dotted(pointer: string): string {
  return pointer === '' ? 'the outputs' : pointer.slice(1).replaceAll('/', '.');
}

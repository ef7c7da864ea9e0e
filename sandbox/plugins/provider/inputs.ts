import type { CheckFailure, InputDefinition, ResourceDefinition } from './definition.ts';
import { compact, hasUnknown, isValues, UNKNOWN, type Values } from './values.ts';

/** The inputs as a resource sees them: the program's values over the official defaults. */
export function withDefaults(definition: ResourceDefinition, inputs: Values): Values {
  const defaults = Object.entries(definition.inputs).map(([name, input]) => [name, input.default]);
  return { ...compact(Object.fromEntries(defaults) as Values), ...compact(inputs) };
}

/** Every mistake in the inputs, in words for the author of the program. */
export function checkInputs(
  plugin: string,
  definition: ResourceDefinition,
  inputs: Values,
): readonly CheckFailure[] {
  const failures: CheckFailure[] = [];
  for (const property of Object.keys(inputs)) {
    if (definition.inputs[property] !== undefined || property.startsWith('__')) continue;
    failures.push({ property, reason: `is not supported by the sandbox's ${plugin} plugin.` });
  }
  for (const [property, input] of Object.entries(definition.inputs)) {
    const reason = problem(input, inputs[property]);
    if (reason !== undefined) failures.push({ property, reason });
  }
  if (failures.length > 0 || definition.check === undefined) return failures;
  const known = Object.entries(inputs).filter(([, value]) => !hasUnknown(value));
  return definition.check(withDefaults(definition, Object.fromEntries(known)));
}

function problem(input: InputDefinition, value: unknown): string | undefined {
  if (value === undefined || value === null) return input.required ? 'is required.' : undefined;
  if (value === UNKNOWN) return undefined;
  if (!matches(input.kind, value)) {
    const article = /^[aeiou]/.test(input.kind) ? 'an' : 'a';
    return `must be ${article} ${input.kind}, got ${JSON.stringify(value)}.`;
  }
  const entries: unknown[] = Array.isArray(value) ? value : [value];
  const wrong = entries.find((entry) => entry !== UNKNOWN && !isAllowed(input.oneOf, entry));
  if (wrong === undefined) return undefined;
  return `${JSON.stringify(wrong)} is not one of ${input.oneOf?.join(', ') ?? ''}.`;
}

function isAllowed(oneOf: readonly string[] | undefined, value: unknown): boolean {
  return oneOf === undefined || (typeof value === 'string' && oneOf.includes(value));
}

function matches(kind: InputDefinition['kind'], value: unknown): boolean {
  switch (kind) {
    case 'any':
      return true;
    case 'list':
      return Array.isArray(value);
    case 'map':
      return isValues(value);
    case 'integer':
      return Number.isInteger(value);
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === kind;
  }
}

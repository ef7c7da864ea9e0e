import { z } from 'zod';

import { settingsSchema } from './schema.ts';

interface Node {
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Node[];
  readonly oneOf?: readonly Node[];
}

/** One row per setting: path, meaning, and what holds when it is left out. */
function* rows(node: Node, path: string, required: boolean): Generator<string> {
  const variants = node.oneOf ?? node.anyOf ?? [];
  if (path !== '') {
    const values = node.enum === undefined ? '' : ` One of ${JSON.stringify(node.enum)}.`;
    const fallback =
      node.default !== undefined
        ? `\`${JSON.stringify(node.default)}\``
        : required
          ? 'required'
          : 'optional';
    yield `| \`${path}\` | ${(node.description ?? '').replaceAll('|', '\\|')}${values} | ${fallback} |`;
  }
  for (const part of [node, ...variants]) {
    for (const [name, child] of Object.entries(part.properties ?? {})) {
      const below = path === '' ? name : `${path}.${name}`;
      yield* rows(child, below, part.required?.includes(name) ?? false);
    }
  }
}

/** The reference of all settings, made from the schema that checks them. */
export function configDocs(): string {
  const schema = z.toJSONSchema(settingsSchema, { io: 'input', unrepresentable: 'any' }) as Node;
  return [
    '# Settings of a stack',
    '',
    'Under the key `saas-platform:settings` of `Pulumi.<stack>.yaml`. Made from `infra/config/schema.ts`.',
    '',
    '| setting | meaning | default |',
    '| --- | --- | --- |',
    ...new Set(rows(schema, '', true)),
    '',
  ].join('\n');
}

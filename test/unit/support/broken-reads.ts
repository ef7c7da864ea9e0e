import { type Schema, typeOfSchema } from '../../golden/support/types-of-schema.ts';

/** Per consumer: what it reads, as a path such as `demo[].tenant`, and the type it takes it for. */
export type Consumers = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Every output that a consumer reads and that is gone or of another type, with its name. */
export function brokenReads(schema: Schema, consumers: Consumers): string[] {
  return Object.entries(consumers).flatMap(([consumer, reads]) =>
    Object.entries(reads).flatMap(([path, expected]) => {
      const actual = typeAt(schema, path);
      if (actual === expected) return [];
      const now = actual === undefined ? 'is gone' : `is ${actual} now`;
      return [`${consumer} reads the output ${path} as ${expected}, but it ${now}`];
    }),
  );
}

function typeAt(root: Schema, path: string): string | undefined {
  let node: Schema | undefined = root;
  let secret = false;
  for (const key of path.split(/\.|(?=\[\])/)) {
    node = key === '[]' ? node?.items : node?.properties?.[key];
    secret ||= node?.['x-secret'] === true;
  }
  return node && `${secret ? 'secret ' : ''}${typeOfSchema(node, false)}`;
}

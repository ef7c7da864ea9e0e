/** The part of JSON Schema that outputs and CRDs use. */
export interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly additionalProperties?: Schema | boolean;
  readonly enum?: readonly unknown[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-secret'?: boolean;
}

/**
 * The TypeScript type of a schema's values.
 * @param comments whether descriptions become doc comments; never for texts that are not ours
 */
export function typeOfSchema(schema: Schema, comments: boolean, indent = ''): string {
  if (schema['x-kubernetes-int-or-string'] === true) return 'number | string';
  if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ');
  switch (schema.type) {
    case 'object':
      return objectType(schema, comments, indent);
    case 'array': {
      const item = typeOfSchema(schema.items ?? {}, comments, indent);
      return `readonly ${/ \| /.test(item) && !item.startsWith('{') ? `(${item})` : item}[]`;
    }
    case 'integer':
      return 'number';
    case 'string':
    case 'number':
    case 'boolean':
      return schema.type;
    default:
      return 'unknown';
  }
}

function objectType(schema: Schema, comments: boolean, indent: string): string {
  const { properties, additionalProperties, required = [] } = schema;
  if (properties === undefined) {
    const values = typeof additionalProperties === 'object' ? additionalProperties : {};
    return `Readonly<Record<string, ${typeOfSchema(values, comments, indent)}>>`;
  }
  const inner = `${indent}  `;
  const lines = Object.entries(properties).flatMap(([key, child]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : literal(key);
    const optional = required.includes(key) ? '' : '?';
    const type = typeOfSchema(child, comments, inner);
    return [
      ...comment(child, comments).map((line) => inner + line),
      `${inner}readonly ${name}${optional}: ${type};`,
    ];
  });
  if (schema['x-kubernetes-preserve-unknown-fields'] === true) {
    lines.push(`${inner}readonly [key: string]: unknown;`);
  }
  const short = `{ ${lines.map((line) => line.trim().replace(/;$/, '')).join('; ')} }`;
  // Up to three fields of a small object on one line; comments need lines of their own.
  const fits = lines.length <= 3 && !/\n|\/\*/.test(short) && short.length <= 70;
  return fits && indent !== '' ? short : ['{', ...lines, `${indent}}`].join('\n');
}

function comment({ description, ...schema }: Schema, wanted: boolean): string[] {
  const secret = schema['x-secret'] === true ? 'Secret. ' : '';
  return wanted && description !== undefined ? [`/** ${secret}${description} */`] : [];
}

function literal(value: unknown): string {
  const text = JSON.stringify(value);
  return typeof value === 'string' ? `'${text.slice(1, -1).replaceAll("'", "\\'")}'` : text;
}

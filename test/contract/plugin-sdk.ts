import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

/** What the official SDK says about one resource class, read from its own files. */
export interface OfficialResource {
  readonly token: string;
  /** Name → kind (`string`, `number`, `boolean`, `list`, `map`). */
  readonly inputs: Readonly<Record<string, string>>;
  readonly required: readonly string[];
  readonly outputs: readonly string[];
  readonly secretOutputs: readonly string[];
}

/** `aws:s3/bucket:Bucket` → the SDK's file without its ending; undefined when there is none. */
export function sdkFile(token: string): string | undefined {
  const [name = '', path = ''] = token.split(':');
  const file = join('node_modules', '@pulumi', name, path.replace(/^index\//, ''));
  return existsSync(`${file}.d.ts`) ? file : undefined;
}

export function sdkSource(token: string): string {
  const file = sdkFile(token);
  return file === undefined ? '' : readFileSync(`${file}.js`, 'utf8');
}

export function officialResource(token: string): OfficialResource {
  const file = sdkFile(token);
  if (file === undefined) throw new Error(`the official SDK has no ${token}`);
  const className = token.split(':')[2] ?? '';
  const text = readFileSync(`${file}.d.ts`, 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const inputs: ts.PropertySignature[] = source.statements
    .filter((one) => ts.isInterfaceDeclaration(one))
    .filter(({ name }) => name.text === `${className}Args`)
    .flatMap(({ members }) => members.filter((member) => ts.isPropertySignature(member)));
  const fields: ts.PropertyDeclaration[] = source.statements
    .filter((one) => ts.isClassDeclaration(one))
    .filter(({ name }) => name?.text === className)
    .flatMap(({ members }) => members.filter((member) => ts.isPropertyDeclaration(member)));
  const script = sdkSource(token);
  return {
    token: /__pulumiType = '(.*)'/.exec(script)?.[1] ?? '',
    inputs: Object.fromEntries(
      inputs.map(({ name, type }) => [name.getText(), kindOf(type?.getText() ?? '')]),
    ),
    required: inputs
      .filter(({ questionToken }) => questionToken === undefined)
      .map(({ name }) => name.getText()),
    outputs: fields
      .filter(({ type }) => type?.getText().startsWith('pulumi.Output<'))
      .map(({ name }) => name.getText()),
    secretOutputs: JSON.parse(
      /additionalSecretOutputs: (\[.*?\])/.exec(script)?.[1] ?? '[]',
    ) as string[],
  };
}

function kindOf(type: string): string {
  const inner = type.replace(/^pulumi\.Input</, '');
  if (/^pulumi\.Input<.*>\[\]/s.test(inner)) return 'list';
  return /^(string|number|boolean)\b/.exec(inner)?.[1] ?? 'map';
}

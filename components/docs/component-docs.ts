import ts from 'typescript';

import { type Member, membersOf, typeText } from './members.ts';
import { comment, componentSources, type Sources } from './sources.ts';

/** The reference of all components, made from their doc comments. */
export function componentDocs(): string {
  const sources = componentSources();
  const found = [...sources].flatMap(([path, file]) =>
    file.statements
      .filter(ts.isClassDeclaration)
      .filter(isComponent)
      .map((node) => section(path, node, sources)),
  );
  return [
    '# Components',
    '',
    'Made from the comments in `components/`; `UPDATE_GOLDEN=1 npm run test:golden` writes it anew.',
    'Each is a class with `new Component(name, args, opts)`. A type of `Input<…>` may come from another resource.',
    '',
    ...found.flat(),
  ].join('\n');
}

function isComponent({ heritageClauses }: ts.ClassDeclaration): boolean {
  return (heritageClauses ?? []).some(({ types }) =>
    types.some(({ expression }) => expression.getText() === 'pulumi.ComponentResource'),
  );
}

function section(path: string, node: ts.ClassDeclaration, sources: Sources): readonly string[] {
  const constructor = node.members.find(ts.isConstructorDeclaration);
  const args = constructor?.parameters.find((one) => one.name.getText() === 'args')?.type;
  const members = args === undefined ? [] : membersOf(args, sources);
  const token = /super\(\s*'([^']+)'/.exec(constructor?.getText() ?? '')?.[1] ?? '';
  const outputs = node.members.flatMap(output);
  return [
    `## ${node.name?.text ?? ''}`,
    '',
    comment(node),
    '',
    `\`${path}\`, type \`${token}\``,
    '',
    '| argument | type | meaning | default |',
    '| --- | --- | --- | --- |',
    ...new Set(members.map(argumentRow)),
    '',
    ...(outputs.length === 0
      ? ['No outputs.']
      : ['| output | type | meaning |', '| --- | --- | --- |', ...outputs]),
    '',
  ];
}

function argumentRow({ path, type, meaning, fallback }: Member): string {
  return row(`\`${path}\``, code(type), meaning, fallback);
}

/** What others may read or call; names with `#` are the component's own. */
function output(node: ts.ClassElement): readonly string[] {
  const hidden = node.name === undefined || ts.isPrivateIdentifier(node.name);
  if (hidden) return [];
  if (ts.isMethodDeclaration(node)) {
    const names = node.parameters.map(({ name }) => name.getText()).join(', ');
    const type = node.type === undefined ? '' : code(typeText(node.type));
    return [row(`\`${node.name.getText()}(${names})\``, type, comment(node))];
  }
  if (!ts.isPropertyDeclaration(node)) return [];
  const type = node.type === undefined ? (node.initializer?.getText() ?? '') : typeText(node.type);
  return [row(`\`${node.name.getText()}\``, code(type), comment(node))];
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string): string {
  return text === 'group' ? 'group' : `\`${text.replaceAll('`', "'")}\``;
}

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import ts from 'typescript';

/** The parsed files of a folder, by their path in the project. */
export type Sources = ReadonlyMap<string, ts.SourceFile>;

/** Reads every `.ts` file below `components/`, sorted, without checking types. */
export function componentSources(): Sources {
  const root = join(import.meta.dirname, '..');
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .sort();
  return new Map(
    files.map((file) => {
      const path = join('components', relative(root, join(root, file)));
      const text = readFileSync(join(root, file), 'utf8');
      return [path, ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true)];
    }),
  );
}

/** The doc comment of a declaration on one line, or an empty string. */
export function comment(node: ts.Node): string {
  const [last] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  return (ts.getTextOfJSDocComment(last?.comment) ?? '').replace(/\s+/g, ' ').trim();
}

export type Shape = ts.InterfaceDeclaration | ts.TypeAliasDeclaration;

/** The interface or type alias of that name: that of the same file before any other. */
export function shapeNamed(name: string, near: ts.SourceFile, sources: Sources): Shape | undefined {
  for (const file of [near, ...sources.values()]) {
    for (const statement of file.statements) {
      const shape = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
      if (shape && statement.name.text === name) return statement;
    }
  }
  return undefined;
}

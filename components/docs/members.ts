import ts from 'typescript';

import { comment, shapeNamed, type Sources } from './sources.ts';

export interface Member {
  /** Dotted path, such as `backup.schedule`. */
  readonly path: string;
  readonly type: string;
  /** Meaning, unit and consequence, without the default. */
  readonly meaning: string;
  /** `required`, `optional`, or what holds when it is left out. */
  readonly fallback: string;
}

/** Every argument that a type describes, those of nested groups too. */
export function membersOf(type: ts.TypeNode, sources: Sources, path = ''): readonly Member[] {
  const nested = (nodes: readonly ts.TypeNode[]) =>
    nodes.flatMap((node) => membersOf(node, sources, path));
  if (ts.isUnionTypeNode(type) || ts.isIntersectionTypeNode(type)) return nested(type.types);
  if (ts.isParenthesizedTypeNode(type)) return nested([type.type]);
  if (ts.isTypeLiteralNode(type)) return type.members.flatMap((one) => member(one, sources, path));
  // A named type is opened where it is the whole argument; as a field it tells enough by its name.
  if (!ts.isTypeReferenceNode(type) || path !== '') return [];
  const shape = shapeNamed(type.typeName.getText(), type.getSourceFile(), sources);
  if (shape === undefined) return [];
  if (ts.isTypeAliasDeclaration(shape)) return nested([shape.type]);
  return shape.members.flatMap((one) => member(one, sources, path));
}

function member(node: ts.TypeElement, sources: Sources, path: string): readonly Member[] {
  if (!ts.isPropertySignature(node) || node.type === undefined) return [];
  const name = node.name.getText();
  const below = path === '' ? name : `${path}.${name}`;
  const { meaning, fallback } = explained(node, sources);
  const literal = hasLiteral(node.type);
  const row = { path: below, type: literal ? 'group' : typeText(node.type), meaning, fallback };
  return [row, ...(literal ? membersOf(node.type, sources, below) : [])];
}

function explained(node: ts.PropertySignature, sources: Sources) {
  const own = comment(node);
  const text = own === '' ? ofItsType(node.type, sources) : own;
  const [, before = text, value, after = ''] =
    /^(.*?)\s*Default: (.+?)\.(?=\s|$)(.*)$/.exec(text) ?? [];
  const otherwise = node.questionToken === undefined ? 'required' : 'optional';
  return { meaning: `${before}${after}`.trim(), fallback: value ?? otherwise };
}

/** A field without a comment of its own means what its type means. */
function ofItsType(type: ts.TypeNode | undefined, sources: Sources): string {
  if (type === undefined || !ts.isTypeReferenceNode(type)) return '';
  const shape = shapeNamed(type.typeName.getText(), type.getSourceFile(), sources);
  return shape === undefined ? '' : comment(shape);
}

function hasLiteral(type: ts.TypeNode): boolean {
  if (ts.isTypeLiteralNode(type)) return true;
  return ts.isUnionTypeNode(type) && type.types.some(hasLiteral);
}

/** A type as it is written, on one line and without `readonly` and the name of the SDK. */
export function typeText(type: ts.TypeNode): string {
  return type
    .getText()
    .replace(/\/\*\*?[\s\S]*?\*\//g, '')
    .replace(/\breadonly\s+|\bpulumi\./g, '')
    .replace(/\s+/g, ' ')
    .trim();
}

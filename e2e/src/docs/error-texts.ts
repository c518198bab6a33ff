import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';

/** An error that the code can make. */
export interface ErrorText {
  /** Class of the error, or `Explanation` for a reason behind an errno of SCST. */
  readonly kind: string;
  readonly code: string;
  /** With `…` where values are put in. */
  readonly text: string;
  readonly hint: string | undefined;
  /** Folder of the package, such as `packages/local`. */
  readonly place: string;
}

/** Every error text of the sources of packages and programs, found by their syntax: `new SomeError('CODE', text, { hint })` and its like. */
export const errorTexts = (root: string): ErrorText[] => {
  const folders = ['packages', 'apps'].flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`));
  return folders.flatMap((place) => sources(join(root, place, 'src')).flatMap((path) => textsOf(readFileSync(path, 'utf8'), relative(root, path), place)));
};

const sources = (directory: string): string[] => {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.ts$/u.test(entry.name) && !/\.test\.ts$/u.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/\/(?:test|testing|test-support|compliance)\//u.test(path) && !path.endsWith('fixture.ts'))
      .sort();
  } catch {
    return [];
  }
};

const textsOf = (source: string, path: string, place: string): ErrorText[] => {
  const file = ts.createSourceFile(path, source, ts.ScriptTarget.ES2022, true);
  const found: ErrorText[] = [];
  const visit = (node: ts.Node): void => {
    const error = ts.isNewExpression(node) ? fromNew(node) : ts.isCallExpression(node) ? fromCall(node) : ts.isObjectLiteralExpression(node) ? fromRow(node, path) : undefined;
    if (error !== undefined) found.push({ ...error, place });
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
};

type Found = Omit<ErrorText, 'place'>;

/** `new LocalError('NOT_FOUND', `…`, { hint: … })`, `new SysfsError({ errno, reason, hint })`. */
const fromNew = ({ expression, arguments: given = ts.factory.createNodeArray<ts.Expression>() }: ts.NewExpression): Found | undefined => {
  if (!ts.isIdentifier(expression) || !/\w(?:Error|Rejection)$/u.test(expression.text)) return undefined;
  const [first, second, third] = given;
  if (first === undefined) return undefined;
  if (ts.isObjectLiteralExpression(first)) {
    const [code, text] = [member(first, 'errno') ?? member(first, 'code'), member(first, 'reason') ?? member(first, 'message')];
    return code === undefined || text === undefined ? undefined : { kind: expression.text, code, text, hint: member(first, 'hint') };
  }
  const [code, text] = [literal(first), second === undefined ? undefined : literal(second)];
  if (code === undefined || text === undefined || !/^[A-Z][A-Z0-9_]+$/u.test(code)) return undefined;
  return { kind: expression.text, code, text, hint: third !== undefined && ts.isObjectLiteralExpression(third) ? member(third, 'hint') : undefined };
};

/** `usageError(text, hint)`. */
const fromCall = ({ expression, arguments: [text, hint] }: ts.CallExpression): Found | undefined => {
  if (!ts.isIdentifier(expression) || expression.text !== 'usageError' || text === undefined) return undefined;
  const said = literal(text);
  return said === undefined ? undefined : { kind: 'CliError', code: 'USAGE', text: said, hint: hint === undefined ? undefined : literal(hint) };
};

/** A row of the table of reasons behind SCST's errno, or a diagnostic of a configuration. */
const fromRow = (node: ts.ObjectLiteralExpression, path: string): Found | undefined => {
  if (path.startsWith('packages/config/')) {
    const [code, text] = [member(node, 'code'), member(node, 'message')];
    return code === undefined || text === undefined ? undefined : { kind: 'Diagnostic', code, text, hint: member(node, 'hint') };
  }
  if (!path.endsWith('explain/table.ts')) return undefined;
  const [code, text] = [member(node, 'errno'), member(node, 'reason')];
  return code === undefined || text === undefined ? undefined : { kind: 'Explanation', code, text, hint: member(node, 'hint') };
};

const member = (object: ts.ObjectLiteralExpression, name: string): string | undefined => {
  for (const property of object.properties) {
    if (ts.isPropertyAssignment(property) && ts.isIdentifier(property.name) && property.name.text === name) return literal(property.initializer);
  }
  return undefined;
};

/** A text as it stands in the source, with `…` for what is put in; undefined for anything that is no text. */
const literal = (node: ts.Expression): string | undefined => {
  if (ts.isStringLiteralLike(node)) return node.text;
  if (ts.isTemplateExpression(node)) return node.head.text + node.templateSpans.map(({ literal: { text } }) => `…${text}`).join('');
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.PlusToken) {
    const [left, right] = [literal(node.left), literal(node.right)];
    return left === undefined && right === undefined ? undefined : `${left ?? '…'}${right ?? '…'}`;
  }
  // Of a choice the first text stands for all.
  if (ts.isConditionalExpression(node)) return literal(node.whenTrue) ?? literal(node.whenFalse);
  return undefined;
};

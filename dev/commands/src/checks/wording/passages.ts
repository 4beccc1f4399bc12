import ts from 'typescript';
import type { SourceFile } from '../sources.ts';

export type PassageKind = 'docstring' | 'comment' | 'message' | 'title' | 'page';

/** A stretch of prose; line breaks are kept, so that a match can be found again in its file. */
export interface Passage {
  readonly kind: PassageKind;
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

const LOG_METHODS = new Set(['log', 'info', 'warn', 'error', 'debug', 'verbose', 'fatal']);
const SPEC_CALLS = /^(describe|it|test)\b/;

/** Returns the prose of a file: comments, log messages, metric help, spec titles; or the text of a page. */
export function passagesOf(file: SourceFile): Passage[] {
  if (file.path.endsWith('.md')) return [pageOf(file)];
  const code = file.path.endsWith('.ts') ? stringsOf(file) : [];
  return [...commentsOf(file), ...code];
}

/** Code blocks and code in a line are left blank. */
function pageOf({ path, text }: SourceFile): Passage {
  const blank = (code: string) => code.replaceAll(/[^\n]/g, ' ');
  const prose = text.replaceAll(/^```[\s\S]*?^```|`[^`]*`/gm, blank);
  return { kind: 'page', path, line: 1, text: prose };
}

function commentsOf({ path, text }: SourceFile): Passage[] {
  const pattern = /\/\*\*([\s\S]*?)\*\/|(?:^|(?<=\s))\/\/.*(?:\n[ \t]*\/\/.*)*/gm;
  return [...text.matchAll(pattern)].map((match) => {
    const [whole, docstring] = match;
    return {
      kind: docstring === undefined ? 'comment' : 'docstring',
      path,
      line: lineAt(text, match.index),
      text: (docstring ?? whole).replaceAll(/^[ \t]*(?:\*|\/\/)[ \t]?/gm, ''),
    };
  });
}

function stringsOf({ path, text }: SourceFile): Passage[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: Passage[] = [];
  const add = (kind: PassageKind, node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      found.push({
        kind,
        path,
        line: lineAt(text, node.getStart(file)),
        text: node.getText(file).slice(1, -1),
      });
    } else if (ts.isBinaryExpression(node)) {
      add(kind, node.left);
      add(kind, node.right);
    }
  };
  const look = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) {
      const kind = kindOf(node.expression, file);
      if (kind === 'title') add(kind, node.arguments[0] ?? node);
      else if (kind) node.arguments.forEach((argument) => add(kind, argument));
    } else if (ts.isPropertyAssignment(node) && node.name.getText(file) === 'help') {
      add('message', node.initializer);
    }
    ts.forEachChild(node, look);
  };
  look(file);
  return found;
}

function kindOf(callee: ts.Expression, file: ts.SourceFile): PassageKind | null {
  if (SPEC_CALLS.test(callee.getText(file))) return 'title';
  return ts.isPropertyAccessExpression(callee) && LOG_METHODS.has(callee.name.text) ? 'message' : null;
}

export const lineAt = (text: string, index: number): number => text.slice(0, index).split('\n').length;

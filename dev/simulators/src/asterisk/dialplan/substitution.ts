import { evaluateExpression, ExpressionError } from './expression.ts';

/** Where substitution gets values from. */
export interface Values {
  /** An unset variable is empty. */
  variable(name: string): string;
  /** @throws Error for a function that is not supported */
  read(name: string, args: string): Promise<string>;
}

/**
 * Puts values into a text as Asterisk does: `${name}`, `${name:offset:length}`, `${FUNCTION(args)}` and
 * `$[expression]`, from the inside out. What was put in is not looked at again.
 * @throws ExpressionError also for a bracket that is not closed
 */
export async function substitute(text: string, values: Values): Promise<string> {
  let result = '';
  for (let at = 0; at < text.length;) {
    const opening = text.startsWith('${', at) ? '{' : text.startsWith('$[', at) ? '[' : null;
    if (opening === null) {
      result += text[at];
      at += 1;
      continue;
    }
    const end = closingBracket(text, at + 1, opening);
    const inner = await substitute(text.slice(at + 2, end), values);
    result += opening === '{' ? await valueOf(inner, values) : evaluateExpression(inner);
    at = end + 1;
  }
  return result;
}

function closingBracket(text: string, from: number, opening: '{' | '['): number {
  const closing = opening === '{' ? '}' : ']';
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    if (text[at] === opening) depth += 1;
    else if (text[at] === closing) depth -= 1;
    if (depth === 0) return at;
  }
  throw new ExpressionError(`a bracket is not closed in ${text}`);
}

async function valueOf(inner: string, values: Values): Promise<string> {
  const call = /^(\w+)\((.*)\)((?::-?\d+){0,2})$/s.exec(inner);
  if (call) return piece(await values.read(call[1] ?? '', call[2] ?? ''), call[3] ?? '');
  const plain = /^(\w+)((?::-?\d+){0,2})$/.exec(inner);
  if (!plain) throw new ExpressionError(`"\${${inner}}" is not a variable`);
  return piece(values.variable(plain[1] ?? ''), plain[2] ?? '');
}

/** Cuts a value by `:offset:length`; both may count from the end. */
function piece(value: string, cut: string): string {
  if (cut === '') return value;
  const [offset = 0, length] = cut.slice(1).split(':').map(Number);
  const from = offset < 0 ? Math.max(0, value.length + offset) : offset;
  if (length === undefined) return value.slice(from);
  return length < 0 ? value.slice(from, value.length + length) : value.slice(from, from + length);
}

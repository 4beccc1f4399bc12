/**
 * Splits the arguments of an application or function as Asterisk does (`__ast_app_separate_args` in
 * main/app.c): at commas outside of parentheses, brackets and quotes; quotes and backslashes are taken away.
 */
export function splitArguments(text: string, limit = Infinity): string[] {
  if (text === '') return [];
  const parts: string[] = [];
  let part = '';
  let depth = 0;
  let brackets = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    if (character === '"') {
      isQuoted = !isQuoted;
      continue;
    }
    if (character === '\\') {
      at += 1;
      part += text[at] ?? '';
      continue;
    }
    if (character === ',' && depth === 0 && brackets === 0 && !isQuoted && parts.length < limit - 1) {
      parts.push(part);
      part = '';
      continue;
    }
    if (character === '(') depth += 1;
    else if (character === ')') depth = Math.max(0, depth - 1);
    else if (character === '[') brackets += 1;
    else if (character === ']') brackets = Math.max(0, brackets - 1);
    part += character;
  }
  parts.push(part);
  return parts;
}

/** One option letter and what stands in its parentheses. */
export interface OptionLetter {
  readonly letter: string;
  readonly argument: string | null;
}

/** Reads option letters such as `gm(jazz)U(ctx^1)`. Returns null when a parenthesis is not closed. */
export function readOptions(text: string): OptionLetter[] | null {
  const options: OptionLetter[] = [];
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (text[at + 1] !== '(') {
      options.push({ letter, argument: null });
      continue;
    }
    const end = text.indexOf(')', at);
    if (end < 0) return null;
    options.push({ letter, argument: text.slice(at + 2, end) });
    at = end;
  }
  return options;
}

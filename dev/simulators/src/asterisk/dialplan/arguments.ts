/**
 * Splits the arguments of an application or function as Asterisk does (`__ast_app_separate_args` in
 * main/app.c): at commas outside of parentheses, brackets and quotes; quotes and backslashes are taken away.
 */
export function splitArguments(text: string): string[] {
  if (text === '') return [];
  const parts = [''];
  const depth = { '(': 0, '[': 0 };
  let isQuoted = false;
  const append = (character: string) => (parts[parts.length - 1] += character);
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at] as string;
    const opening = OPENINGS[character];
    if (character === '"') isQuoted = !isQuoted;
    else if (character === '\\') append(text[(at += 1)] ?? '');
    else if (character === ',' && depth['('] === 0 && depth['['] === 0 && !isQuoted) parts.push('');
    else append(character);
    if (opening) depth[opening] = Math.max(0, depth[opening] + (character === opening ? 1 : -1));
  }
  return parts;
}

const OPENINGS: Readonly<Record<string, '(' | '['>> = { '(': '(', ')': '(', '[': '[', ']': '[' };

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

/** A fault of an expression. Asterisk would log a syntax error and go on with an empty result. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';
}

type Token =
  { readonly kind: 'value'; readonly text: string } | { readonly kind: 'sign'; readonly text: string };

const SIGNS = /^(?:::|<=|>=|!=|=~|[?:|&=<>+\-*/%!()])/;
const QUOTED = /^"((?:\\.|[^"\\])*)"/;
const PLAIN = /^[^\s"?:|&=<>+\-*/%!()]+/;

function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  let rest = text.trimStart();
  while (rest !== '') {
    const quoted = QUOTED.exec(rest);
    const sign = SIGNS.exec(rest);
    const plain = PLAIN.exec(rest);
    const taken = quoted ?? sign ?? plain;
    if (!taken) throw new ExpressionError(`a quote is not closed in $[${text}]`);
    if (quoted) tokens.push({ kind: 'value', text: quoted[1] ?? '' });
    else tokens.push({ kind: sign ? 'sign' : 'value', text: taken[0] });
    rest = rest.slice(taken[0].length).trimStart();
  }
  return tokens;
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)$/;
const isNumber = (text: string) => NUMBER.test(text);
const isTrue = (text: string) => text !== '' && !(isNumber(text) && Number(text) === 0);
const truth = (holds: boolean) => (holds ? '1' : '0');

function compare(left: string, right: string): number {
  if (isNumber(left) && isNumber(right)) return Number(left) - Number(right);
  return left < right ? -1 : left > right ? 1 : 0;
}

function arithmetic(compute: (a: number, b: number) => number) {
  return (left: string, right: string): string => {
    if (!isNumber(left) || !isNumber(right))
      throw new ExpressionError(`"${isNumber(left) ? right : left}" is not a number`);
    return String(compute(Number(left), Number(right)));
  };
}

type Operator = (left: string, right: string) => string;

/** From the loosest to the tightest; all associate to the left (main/ast_expr2.y). */
const LEVELS: readonly Readonly<Record<string, Operator>>[] = [
  { '|': (a, b) => (isTrue(a) ? a : isTrue(b) ? b : '0') },
  { '&': (a, b) => (isTrue(a) && isTrue(b) ? a : '0') },
  {
    '=': (a, b) => truth(compare(a, b) === 0),
    '!=': (a, b) => truth(compare(a, b) !== 0),
    '<': (a, b) => truth(compare(a, b) < 0),
    '>': (a, b) => truth(compare(a, b) > 0),
    '<=': (a, b) => truth(compare(a, b) <= 0),
    '>=': (a, b) => truth(compare(a, b) >= 0),
  },
  { '+': arithmetic((a, b) => a + b), '-': arithmetic((a, b) => a - b) },
  {
    '*': arithmetic((a, b) => a * b),
    '/': arithmetic((a, b) => a / b),
    '%': arithmetic((a, b) => a % b),
  },
  { '=~': matchLength, ':': matchLength },
];

/** Returns the first group, or how many characters matched. `:` is anchored at the start, `=~` is not. */
function matchLength(text: string, pattern: string): string {
  const match = new RegExp(pattern).exec(text);
  return match?.[1] ?? String(match?.[0].length ?? 0);
}

class ExpressionReader {
  private readonly text: string;
  private readonly tokens: readonly Token[];
  private at = 0;

  constructor(text: string) {
    this.text = text;
    this.tokens = tokensOf(text);
  }

  read(): string {
    const value = this.choice();
    if (this.at < this.tokens.length) throw this.unexpected();
    return value;
  }

  private choice(): string {
    const condition = this.level(0);
    if (!this.take('?')) return condition;
    const yes = this.choice();
    if (!this.take('::')) throw this.unexpected();
    const no = this.choice();
    return isTrue(condition) ? yes : no;
  }

  private level(depth: number): string {
    const operators = LEVELS[depth];
    if (!operators) return this.single();
    let left = this.level(depth + 1);
    for (;;) {
      const token = this.tokens[this.at];
      const operator = token?.kind === 'sign' ? operators[token.text] : undefined;
      if (!token || !operator) return left;
      this.at += 1;
      const right = this.level(depth + 1);
      left = token.text === ':' ? matchLength(left, `^(?:${right})`) : operator(left, right);
    }
  }

  private single(): string {
    if (this.take('!')) return truth(!isTrue(this.single()));
    if (this.take('-')) return arithmetic((a, b) => a - b)('0', this.single());
    if (this.take('(')) {
      const value = this.choice();
      if (!this.take(')')) throw this.unexpected();
      return value;
    }
    const token = this.tokens[this.at];
    if (token?.kind !== 'value') throw this.unexpected();
    this.at += 1;
    return token.text;
  }

  private take(sign: string): boolean {
    const token = this.tokens[this.at];
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.at += 1;
    return true;
  }

  private unexpected(): ExpressionError {
    const token = this.tokens[this.at];
    const what = token ? `"${token.text}" is not expected` : 'something is missing at the end';
    return new ExpressionError(`${what} in $[${this.text}]`);
  }
}

/** Evaluates what stands between `$[` and `]`, variables already put in. @throws ExpressionError */
export function evaluateExpression(text: string): string {
  return new ExpressionReader(text).read();
}

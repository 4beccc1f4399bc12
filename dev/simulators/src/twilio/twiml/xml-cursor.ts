export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

/** A position in an XML text, from which pieces are taken one after the other. */
export class XmlCursor {
  protected readonly text: string;
  protected at: number;

  constructor(text: string) {
    this.text = text;
    this.at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  protected until(end: string, what: string): string {
    const from = this.at;
    this.skipPast(end, what);
    return this.text.slice(from, this.at - end.length);
  }

  protected skipPast(end: string, what: string): void {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) this.fail(`${what} does not end`);
    this.at = found + end.length;
  }

  protected match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  protected take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  protected expect(token: string): void {
    if (!this.take(token)) this.fail(`"${token}" is expected`);
  }

  protected line(): number {
    return this.text.slice(0, this.at).split('\n').length;
  }

  protected fail(message: string): never {
    throw new XmlError(message, this.line());
  }
}

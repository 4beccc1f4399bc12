// A small strict XML 1.0 reader: elements, attributes, text, CDATA, comments, processing instructions, the
// five named entities and character references. No DTD: a document type declaration is refused.

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
  /** 1-based. */
  readonly line: number;
}

export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly line: number;

  constructor(message: string, line: number) {
    super(`line ${line}: ${message}`);
    this.line = line;
  }
}

const MAX_DEPTH = 32;
const NAME = /[A-Za-z_:][\w:.-]*/y;
const SPACE = /[ \t\r\n]*/y;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

function isXmlCharacter(point: number): boolean {
  if (point < 0x20) return point === 0x09 || point === 0x0a || point === 0x0d;
  return point <= 0xd7ff || (point >= 0xe000 && point <= 0xfffd) || (point >= 0x10000 && point <= 0x10ffff);
}

class XmlReader {
  private readonly text: string;
  private at: number;

  constructor(text: string) {
    this.text = text;
    this.at = text.startsWith('\uFEFF') ? 1 : 0;
  }

  document(): XmlElement {
    if (this.text.startsWith('<?xml', this.at)) this.skipPast('?>', 'the XML declaration');
    this.misc();
    if (!this.text.startsWith('<', this.at)) this.fail('the root element is missing');
    const root = this.element(0);
    this.misc();
    if (this.at < this.text.length) this.fail('content after the root element');
    return root;
  }

  private element(depth: number): XmlElement {
    if (depth > MAX_DEPTH) this.fail(`elements nested deeper than ${MAX_DEPTH}`);
    const line = this.line();
    this.at += 1;
    const name = this.match(NAME);
    if (name === '') this.fail('an element name is expected after "<"');
    const attributes = this.attributes();
    if (this.take('/>')) return { name, attributes, children: [], line };
    this.expect('>');
    const children = this.children(depth);
    this.expect('</');
    const closing = this.match(NAME);
    if (closing !== name) this.fail(`</${closing}> closes <${name}>`);
    this.match(SPACE);
    this.expect('>');
    return { name, attributes, children, line };
  }

  private attributes(): Map<string, string> {
    const attributes = new Map<string, string>();
    while (true) {
      const space = this.match(SPACE);
      const name = this.match(NAME);
      if (name === '') return attributes;
      if (space === '') this.fail(`white space is missing before attribute "${name}"`);
      if (attributes.has(name)) this.fail(`attribute "${name}" is given twice`);
      this.match(SPACE);
      this.expect('=');
      this.match(SPACE);
      attributes.set(name, this.quoted(name));
    }
  }

  private quoted(name: string): string {
    const quote = this.text[this.at];
    if (quote !== '"' && quote !== "'") this.fail(`the value of attribute "${name}" is not quoted`);
    const end = this.text.indexOf(quote, this.at + 1);
    if (end < 0) this.fail(`the value of attribute "${name}" does not end`);
    const raw = this.text.slice(this.at + 1, end);
    if (raw.includes('<')) this.fail(`"<" in the value of attribute "${name}"`);
    const value = this.decode(raw).replace(/[\t\r\n]/g, ' ');
    this.at = end + 1;
    return value;
  }

  private children(depth: number): (XmlElement | string)[] {
    const children: (XmlElement | string)[] = [];
    while (!this.text.startsWith('</', this.at)) {
      if (this.at >= this.text.length) this.fail('the document ends inside an element');
      if (this.take('<![CDATA[')) children.push(this.until(']]>', 'a CDATA section'));
      else if (this.text.startsWith('<!--', this.at)) this.comment();
      else if (this.text.startsWith('<?', this.at)) this.skipPast('?>', 'a processing instruction');
      else if (this.text.startsWith('<!', this.at)) this.fail('a declaration is not allowed here');
      else if (this.text.startsWith('<', this.at)) children.push(this.element(depth + 1));
      else children.push(this.characters());
    }
    return children;
  }

  private characters(): string {
    const next = this.text.indexOf('<', this.at);
    const raw = this.text.slice(this.at, next < 0 ? this.text.length : next);
    if (raw.includes(']]>')) this.fail('"]]>" in text');
    const value = this.decode(raw);
    this.at += raw.length;
    return value;
  }

  private decode(raw: string): string {
    const bare = raw.replace(/&[^&;\s]*;/g, '');
    if (bare.includes('&')) this.fail('"&" is not escaped');
    const decoded = raw.replace(/&([^;]*);/g, (_, name: string) => this.entity(name));
    for (const character of raw) {
      if (!isXmlCharacter(character.codePointAt(0) ?? 0)) this.fail('a character that XML does not allow');
    }
    return decoded;
  }

  private entity(name: string): string {
    const known = ENTITIES.get(name);
    if (known !== undefined) return known;
    const reference = /^#(?:x([0-9A-Fa-f]{1,6})|(\d{1,7}))$/.exec(name);
    if (!reference) return this.fail(`unknown entity "&${name};"`);
    const point = reference[1] === undefined ? Number(reference[2]) : parseInt(reference[1], 16);
    return isXmlCharacter(point)
      ? String.fromCodePoint(point)
      : this.fail(`"&${name};" is not an XML character`);
  }

  private misc(): void {
    while (true) {
      this.match(SPACE);
      if (this.text.startsWith('<!--', this.at)) this.comment();
      else if (this.text.startsWith('<?xml', this.at))
        this.fail('the XML declaration is not at the very start');
      else if (this.text.startsWith('<?', this.at)) this.skipPast('?>', 'a processing instruction');
      else if (this.text.startsWith('<!', this.at)) this.fail('a document type declaration is not allowed');
      else return;
    }
  }

  private comment(): void {
    this.at += '<!--'.length;
    const comment = this.until('-->', 'a comment');
    if (comment.includes('--')) this.fail('"--" inside a comment');
  }

  private until(end: string, what: string): string {
    const from = this.at;
    this.skipPast(end, what);
    return this.text.slice(from, this.at - end.length);
  }

  private skipPast(end: string, what: string): void {
    const found = this.text.indexOf(end, this.at);
    if (found < 0) this.fail(`${what} does not end`);
    this.at = found + end.length;
  }

  private match(pattern: RegExp): string {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0] ?? '';
    this.at += found.length;
    return found;
  }

  private take(token: string): boolean {
    if (!this.text.startsWith(token, this.at)) return false;
    this.at += token.length;
    return true;
  }

  private expect(token: string): void {
    if (!this.take(token)) this.fail(`"${token}" is expected`);
  }

  private line(): number {
    return this.text.slice(0, this.at).split('\n').length;
  }

  private fail(message: string): never {
    throw new XmlError(message, this.line());
  }
}

/** Throws `XmlError` with the line for everything that is not well-formed. */
export function parseXml(text: string): XmlElement {
  return new XmlReader(text).document();
}

import { decodeCharacters } from './xml-characters.ts';
import { XmlCursor } from './xml-cursor.ts';

// A small strict XML 1.0 reader: elements, attributes, text, CDATA, comments, processing instructions, the
// five named entities and character references. No DTD: a document type declaration is refused.

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: readonly (XmlElement | string)[];
  /** 1-based. */
  readonly line: number;
}

const MAX_DEPTH = 32;
const NAME = /[A-Za-z_:][\w:.-]*/y;
const SPACE = /[ \t\r\n]*/y;

class XmlReader extends XmlCursor {
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
    const value = decodeCharacters(raw, (message) => this.fail(message)).replace(/[\t\r\n]/g, ' ');
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
    const value = decodeCharacters(raw, (message) => this.fail(message));
    this.at += raw.length;
    return value;
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
}

/** Throws `XmlError` with the line for everything that is not well-formed. */
export function parseXml(text: string): XmlElement {
  return new XmlReader(text).document();
}

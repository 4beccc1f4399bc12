import { CalendarFault } from '../calendar-fault.ts';

/** An element by its namespace and name, joined as `{namespace}name`. */
export interface XmlElement {
  readonly name: string;
  readonly children: readonly XmlElement[];
  /** All text in it. */
  readonly text: string;
}

interface OpenElement {
  readonly name: string;
  readonly children: XmlElement[];
  readonly tag: string;
  readonly namespaces: Readonly<Record<string, string>>;
  text: string;
}

// Tenants choose the server: each alternative ends at the next angle bracket, or is tried once in a text.
const TOKEN = new RegExp(
  [
    /<!\[CDATA\[([\s\S]*?)\]\]>/,
    /<!--[\s\S]*?-->/,
    /<\?[^<>]*\?>/,
    /<(\/?)([^\s/<>!?][^\s/<>]*)(\s[^<>]*|\/)?>/,
    /([^<]+)/,
  ]
    .map(({ source }) => source)
    .join('|'),
  'gy',
);
const ATTRIBUTE = /([^\s=]{1,200})\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const MAX_ATTRIBUTES = 8_192;
const MAX_DEPTH = 40;

/**
 * Reads the XML of WebDAV: elements, namespaces and text. A document type, which could define entities, is
 * refused. @throws CalendarFault
 */
export function readXml(text: string): XmlElement {
  const whole = text.replace(/^\ufeff/, '');
  const root = open('', '', {});
  const path: OpenElement[] = [root];
  let read = 0;
  for (const token of whole.matchAll(TOKEN)) {
    read += token[0].length;
    const [, cdata, closes, tag, attributes = '', plain] = token;
    const last = path.at(-1) ?? root;
    if (tag === undefined) last.text += cdata ?? decode(plain ?? '');
    else if (closes) close(path, tag);
    else enter(path, tag, attributes);
  }
  const [found] = root.children;
  if (read < whole.length || path.length !== 1 || !found) throw unreadable();
  return found;
}

function enter(path: OpenElement[], tag: string, attributes: string): void {
  if (attributes.length > MAX_ATTRIBUTES || path.length > MAX_DEPTH) throw unreadable();
  const namespaces = namespacesOf(attributes, path.at(-1)?.namespaces ?? {});
  path.push(open(tag, qualified(tag, namespaces), namespaces));
  if (attributes.endsWith('/')) close(path, tag);
}

const open = (tag: string, name: string, namespaces: Readonly<Record<string, string>>): OpenElement => ({
  tag,
  name,
  namespaces,
  children: [],
  text: '',
});

function close(path: OpenElement[], tag: string): void {
  const last = path.pop();
  const parent = path.at(-1);
  if (!last || !parent || last.tag !== tag) throw unreadable();
  parent.children.push({ name: last.name, children: last.children, text: last.text });
}

function namespacesOf(
  attributes: string,
  outer: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const declared = [...attributes.matchAll(ATTRIBUTE)].flatMap(([, name = '', double, single]) => {
    const uri = decode(double ?? single ?? '');
    if (name === 'xmlns') return [['', uri] as const];
    return name.startsWith('xmlns:') ? [[name.slice(6), uri] as const] : [];
  });
  return declared.length === 0 ? outer : { ...outer, ...Object.fromEntries(declared) };
}

function qualified(tag: string, namespaces: Readonly<Record<string, string>>): string {
  const [first = '', second] = tag.split(':');
  return second === undefined ? `{${namespaces[''] ?? ''}}${first}` : `{${namespaces[first] ?? ''}}${second}`;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function decode(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]+));/gi, (whole, hex, decimal, name) => {
    const code = hex ? parseInt(String(hex), 16) : decimal ? Number(decimal) : null;
    if (code !== null) return code <= 0x10ffff ? String.fromCodePoint(code) : '';
    return ENTITIES[String(name)] ?? String(whole);
  });
}

const unreadable = () => new CalendarFault('unavailable', 'unreadable-answer');

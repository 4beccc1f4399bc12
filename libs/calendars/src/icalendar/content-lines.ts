/* Content lines of iCalendar (RFC 5545, 3.1): written folded, read unfolded. */

const MAX_OCTETS = 75;

/** Returns a text value with the characters escaped that mean something in one (RFC 5545, 3.3.11). */
export function escapeText(text: string): string {
  return text
    .replace(/[\\;,]/g, (character) => `\\${character}`)
    .replace(/\r\n|\r|\n/g, '\\n')
    .replace(CONTROL_CHARACTERS, '');
}

const CONTROL_CHARACTERS = /[\u0000-\u0008\u000b-\u001f\u007f]/g;

/** Returns a line folded to 75 octets without its line break, and ended; no character is cut in two. */
export function foldLine(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > MAX_OCTETS) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return `${folded}\r\n`;
}

/** An instant in UTC: `20270301T140000Z`. */
export const formatInstant = (atMs: number): string =>
  `${new Date(atMs).toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;

export interface ContentLine {
  /** In upper case. */
  readonly name: string;
  /** Names in upper case. */
  readonly parameters: Readonly<Record<string, string>>;
  /** As it is written. */
  readonly value: string;
}

/** Returns the unfolded lines of a text; those that are none are left out. */
export function readLines(text: string): ContentLine[] {
  return text
    .replace(/\r?\n[ \t]/g, '')
    .split(/\r?\n/)
    .flatMap((line) => {
      const found = readLine(line);
      return found ? [found] : [];
    });
}

const NAME = /^[A-Za-z0-9-]{1,60}/;
const MAX_PARAMETERS = 30;
const PARAMETER = /^;([A-Za-z0-9-]+)=("[^"]*"|[^";:,]*)(?:,(?:"[^"]*"|[^";:,]*))*/;

function readLine(line: string): ContentLine | null {
  const [name] = NAME.exec(line) ?? [];
  if (name === undefined) return null;
  const parameters: Record<string, string> = {};
  let rest = line.slice(name.length);
  for (let count = 0; count < MAX_PARAMETERS; count += 1) {
    const found = PARAMETER.exec(rest);
    if (!found) break;
    parameters[(found[1] ?? '').toUpperCase()] = (found[2] ?? '').replace(/^"|"$/g, '');
    rest = rest.slice(found[0].length);
  }
  return rest.startsWith(':') ? { name: name.toUpperCase(), parameters, value: rest.slice(1) } : null;
}

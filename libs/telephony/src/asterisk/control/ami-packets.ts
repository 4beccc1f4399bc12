import { asteriskError } from './call-control.ts';

/** One packet of AMI: a response or an event, its fields by lower-case name. */
export type AmiPacket = ReadonlyMap<string, string>;

/** Bytes of one line, and lines of one packet, that are still taken. */
const LONGEST_LINE = 8_192;
const MOST_LINES = 200;

/** Returns an action as it is sent. @throws ProviderError when a value would be more than a value */
export function writeAction(fields: Readonly<Record<string, string>>): string {
  let text = '';
  for (const [name, value] of Object.entries(fields)) {
    if (/[\r\n\0]/.test(name + value))
      throw asteriskError('invalid-request', 'line-break', `The AMI field ${name} holds a line break.`);
    text += `${name}: ${value}\r\n`;
  }
  return `${text}\r\n`;
}

/** Cuts AMI's text into packets, in memory that is bounded whatever comes. */
export class AmiPackets {
  private rest = '';
  private lines: string[] = [];
  private isGreeted = false;

  /** Takes a piece of text and returns the whole packets. @throws ProviderError for what is not AMI */
  push(piece: string): AmiPacket[] {
    const packets: AmiPacket[] = [];
    this.rest += piece;
    for (let end = this.rest.indexOf('\n'); end >= 0; end = this.rest.indexOf('\n')) {
      const line = this.rest.slice(0, end).replace(/\r$/, '');
      this.rest = this.rest.slice(end + 1);
      if (!this.isGreeted) this.greet(line);
      else if (line !== '') this.add(line);
      else if (this.lines.length > 0) packets.push(packetOf(this.lines.splice(0)));
    }
    if (this.rest.length > LONGEST_LINE) throw notAmi('a line is too long');
    return packets;
  }

  private greet(line: string): void {
    if (!line.startsWith('Asterisk Call Manager/')) throw notAmi('the greeting is another one');
    this.isGreeted = true;
  }

  private add(line: string): void {
    if (line.length > LONGEST_LINE) throw notAmi('a line is too long');
    if (this.lines.length >= MOST_LINES) throw notAmi('a packet has too many lines');
    this.lines.push(line);
  }
}

function notAmi(why: string): Error {
  return asteriskError('connectivity', 'not-ami', `The other side is no AMI, ${why}: check host and port.`);
}

function packetOf(lines: readonly string[]): AmiPacket {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf(':');
    if (at > 0) fields.set(line.slice(0, at).toLowerCase(), line.slice(at + 1).trim());
  }
  return fields;
}

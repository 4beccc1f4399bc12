/** The lines of one AMI action, by lower-case name; of a name that comes twice, the first. */
export type AmiAction = ReadonlyMap<string, string>;

/** Reads the lines of one action. Lines without a colon are left out, as Asterisk does. */
export function readAction(lines: readonly string[]): AmiAction {
  const fields = new Map<string, string>();
  for (const line of lines) {
    const at = line.indexOf(':');
    const name = line.slice(0, at).trim().toLowerCase();
    if (at > 0 && !fields.has(name)) fields.set(name, line.slice(at + 1).trim());
  }
  return fields;
}

/** Returns one packet: `Name: value` lines and an empty one. */
export function writePacket(fields: readonly (readonly [string, string])[]): string {
  return `${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
}

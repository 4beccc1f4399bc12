/** Something our dialplans may not contain, or that Asterisk would not understand: file, line and why. */
export class DialplanError extends Error {
  override readonly name = 'DialplanError';

  constructor(where: { readonly file: string; readonly line: number }, fault: string) {
    super(`${where.file}:${where.line}: ${fault}`);
  }
}

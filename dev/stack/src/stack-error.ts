/** Something the developer has to know or do: what happened, then what to do about it. */
export class StackError extends Error {
  override readonly name = 'StackError';

  constructor(
    readonly what: string,
    readonly todo: string,
    options?: ErrorOptions,
  ) {
    super(`${what}\n${todo}`, options);
  }
}

/** The first line of what an error says; for explanations that list several. */
export function reasonOf(error: unknown): string {
  const text = error instanceof StackError ? error.what : error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}

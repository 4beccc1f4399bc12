/** An error for the developer: what happened, then what to do about it. */
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

/** Returns the first line of an error's message, for explanations that list several. */
export function reasonOf(error: unknown): string {
  const text =
    error instanceof StackError ? error.what : error instanceof Error ? error.message : String(error);
  return text.split('\n', 1)[0] ?? text;
}

const REFUSED: Readonly<Record<string, string>> = {
  EACCES: 'This user may not read or write it',
  EPERM: 'This user may not change it',
  EROFS: 'The disk it is on is read-only',
  ENOSPC: 'The disk it is on is full',
};

/** Returns a refusal of the operating system as a sentence; null for any other error. */
export function asStackError(error: unknown): StackError | null {
  if (error instanceof StackError) return error;
  const { code = '', path } = error instanceof Error ? (error as NodeJS.ErrnoException) : {};
  const why = REFUSED[code];
  if (!why || !path) return null;
  const todo =
    code === 'ENOSPC'
      ? 'Make room, then try again.'
      : `Run as the user it belongs to, or give it back: "sudo chown $(id -u) ${path}".`;
  return new StackError(`${path} cannot be used. ${why} (${code}).`, todo, { cause: error });
}

/** One field that is wrong, as control-api names it. */
export interface FieldFault {
  /** Its path in the body or query: `hours.0.opens`. */
  readonly field: string;
  /** A whole sentence. */
  readonly message: string;
}

/** The body of a refusal (RFC 9457). */
export interface ProblemBody {
  readonly code: string;
  readonly title: string;
  readonly detail: string;
  readonly errors: readonly FieldFault[];
}

/** A request that was refused or not answered. */
export class RequestRefused extends Error {
  constructor(
    /** HTTP status; 0 when nothing answered. */
    readonly status: number,
    readonly problem: ProblemBody,
    /** Seconds until trying again makes sense; null when not told. */
    readonly retryAfterS: number | null = null,
  ) {
    super(problem.detail);
    this.name = 'RequestRefused';
  }

  get isSignInNeeded(): boolean {
    return this.status === 401;
  }

  /** The scope that is missing, for a 403; null otherwise. */
  get missingScope(): string | null {
    if (this.status !== 403) return null;
    return /\b([a-z]+:[a-z]+)\b/.exec(this.problem.detail)?.[1] ?? null;
  }

  /** Returns the first fault of each field of the body's first level. */
  fieldFaults(): Record<string, string> {
    return Object.fromEntries(
      this.problem.errors.map(({ field, message }) => [fieldOf(field), message] as const).reverse(),
    );
  }
}

/** Returns the field of the first level: `hours` for `hours.0.opens` and for the pointer `/hours/0/opens`. */
export function fieldOf(path: string): string {
  return path.replace(/^#?\/?/, '').split(/[./]/)[0] ?? '';
}

const text = (value: unknown, otherwise: string): string => (typeof value === 'string' ? value : otherwise);

/** Returns what a body of any shape says; an answer that is no problem+json still has a sentence. */
export function toProblem(status: number, body: unknown): ProblemBody {
  const given = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const errors = Array.isArray(given['errors']) ? (given['errors'] as unknown[]) : [];
  return {
    code: text(given['code'], status === 0 ? 'unreachable' : `http-${status}`),
    title: text(given['title'], ''),
    detail: text(given['detail'], ''),
    errors: errors.flatMap((each) => {
      const { field, pointer, message, detail } = (each ?? {}) as Record<string, unknown>;
      const at = text(field ?? pointer, '');
      return at === '' ? [] : [{ field: at, message: text(message ?? detail, '') }];
    }),
  };
}

import { Problem } from './problem.ts';

/** What is wrong with one field of a request. */
export interface FieldError {
  /** Dotted path, such as `variants.0.weight`; `body`, `query` or `path` when it is about the whole. */
  readonly field: string;
  /** A sentence of its own: "name is missing". */
  readonly message: string;
}

/** The same before it is a sentence: where, and what. */
export interface FieldProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Told of one request; there may be more. */
const MAX_ERRORS = 50;
const MAX_DETAIL = 2_000;
/** Messages that go on from the name of a field. */
const GOES_ON = /^(?:is|are|must|may|has|holds|needs|cannot) /;

function fieldError({ path, message }: FieldProblem, whole: string): FieldError {
  const field = path.length > 0 ? path.map(String).join('.') : whole;
  if (GOES_ON.test(message)) return { field, message: `${field} ${message}` };
  return { field, message: path.length > 0 ? `${field}: ${message}` : message };
}

/**
 * The refusal of a request whose fields are wrong: all of them in one answer, each fault once.
 * @param whole what a problem without a path is about
 */
export function invalidRequest(problems: readonly FieldProblem[], whole = 'body'): Problem {
  const errors = problems.map((problem) => fieldError(problem, whole));
  const told = [...new Map(errors.map((error) => [error.message, error])).values()].slice(0, MAX_ERRORS);
  const detail = told
    .map(({ message }) => message)
    .join('; ')
    .slice(0, MAX_DETAIL);
  return new Problem(400, 'invalid-request', 'The request is malformed', detail, { errors: told });
}

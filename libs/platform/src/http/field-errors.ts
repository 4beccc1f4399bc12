import { Problem } from './problem.ts';

/** A fault of one field of a request. */
export interface FieldError {
  /** Dotted path, such as `variants.0.weight`; `body`, `query` or `path` when it is about the whole. */
  readonly field: string;
  /** A whole sentence: "name is missing". */
  readonly message: string;
}

/** A fault of one field before it is a sentence: its place, and the predicate. */
export interface FieldProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** Errors reported for one request; there may be more. */
const MAX_ERRORS = 50;
const MAX_DETAIL = 2_000;
/** Messages that continue the name of a field. */
const PREDICATE = /^(?:is|are|must|may|has|holds|needs|cannot) /;

function fieldError({ path, message }: FieldProblem, whole: string): FieldError {
  const field = path.length > 0 ? path.map(String).join('.') : whole;
  if (PREDICATE.test(message)) return { field, message: `${field} ${message}` };
  return { field, message: path.length > 0 ? `${field}: ${message}` : message };
}

/**
 * Returns the refusal of a request whose fields are wrong, each fault once.
 * @param whole the field name of a problem without a path
 */
export function invalidRequest(problems: readonly FieldProblem[], whole = 'body'): Problem {
  const errors = problems.map((problem) => fieldError(problem, whole));
  const distinct = [...new Map(errors.map((error) => [error.message, error])).values()].slice(0, MAX_ERRORS);
  const detail = distinct
    .map(({ message }) => message)
    .join('; ')
    .slice(0, MAX_DETAIL);
  return new Problem(400, 'invalid-request', 'The request is malformed', detail, { errors: distinct });
}

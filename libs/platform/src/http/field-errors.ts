import { Problem } from './problem.ts';

/** What is wrong with one field of a request. */
export interface FieldError {
  /** Dotted path, such as `variants.0.weight`; `body`, `query` or `path` when it is about the whole. */
  readonly field: string;
  /** A sentence of its own: "name is missing". */
  readonly message: string;
}

/** Told of one request; there may be more. */
const MAX_ERRORS = 50;
const MAX_DETAIL = 2_000;
/** Messages that go on from the name of a field. */
const GOES_ON = /^(?:is|are|must|may|has|holds|needs|cannot) /;

/** A problem of a field as a sentence. */
export function fieldError(path: readonly PropertyKey[], message: string, whole: string): FieldError {
  const field = path.length > 0 ? path.map(String).join('.') : whole;
  if (GOES_ON.test(message)) return { field, message: `${field} ${message}` };
  return { field, message: path.length > 0 ? `${field}: ${message}` : message };
}

/** The refusal of a request whose fields are wrong: all of them in one answer. */
export function invalidRequest(errors: readonly FieldError[]): Problem {
  const told = errors.slice(0, MAX_ERRORS);
  const detail = told.map(({ message }) => message).join('; ').slice(0, MAX_DETAIL);
  return new Problem(400, 'invalid-request', 'The request is malformed', detail, { errors: told });
}

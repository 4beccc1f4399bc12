/** A request to an idempotent route, and the effect that performs it. */
export class Once<Transaction, Body> {
  constructor(
    /** The validated body: the same key with another one is refused. */
    readonly body: unknown,
    /** Performs the request in the transaction that also stores the answer. */
    readonly effect: (transaction: Transaction) => Promise<Body | Reply<Body>>,
    /** Turns the stored answer into the body that is sent. */
    readonly present: (stored: Body) => unknown = (stored) => stored,
  ) {}
}

/** An answer with another status than the usual one of its route. */
export class Reply<Body> {
  constructor(
    readonly status: number,
    readonly body: Body,
  ) {}
}

/**
 * Returns the result of a handler under `@Idempotent()`. Work of the handler before this call runs for each
 * request, and a refusal from it is not stored.
 * @param body the validated body
 * @param effect runs once per key, in the transaction that also stores its answer; a Problem below 500 that
 * it throws is stored as the answer
 * @param present turns the stored answer into the body that is sent, at each repetition too: opens what must
 * not be stored in clear text
 */
export function onceFor<Transaction, Body>(
  body: unknown,
  effect: (transaction: Transaction) => Promise<Body | Reply<Body>>,
  present?: (stored: Body) => unknown,
): Once<Transaction, Body> {
  return new Once(body, effect, present);
}

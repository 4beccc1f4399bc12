/** A request to an idempotent route, and the effect that performs it. */
export class Once<Transaction, Body> {
  constructor(
    /** The validated body: the same key with another one is refused. */
    readonly body: unknown,
    /** Performs the request in the transaction that also stores the answer. */
    readonly effect: (transaction: Transaction) => Promise<Body | Reply<Body>>,
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
 */
export function onceFor<Transaction, Body>(
  body: unknown,
  effect: (transaction: Transaction) => Promise<Body | Reply<Body>>,
): Once<Transaction, Body> {
  return new Once(body, effect);
}

/** Work a carrier waits for has not finished in time. The work itself goes on. */
export class DeadlineExceeded extends Error {
  constructor(readonly ms: number) {
    super(
      `There was no answer within ${ms} ms. Redis or Postgres hang, or are slow: see readiness and ` +
        'their own metrics.',
    );
    this.name = 'DeadlineExceeded';
  }
}

/** Returns the outcome of the work if it comes in time. @throws DeadlineExceeded */
export async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineExceeded(ms)), ms);
  work.catch(() => undefined); // A failure after the deadline has no other handler.
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

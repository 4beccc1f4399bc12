/** What a carrier waits for was not there in time. What was begun goes on. */
export class DeadlineExceeded extends Error {
  constructor(readonly ms: number) {
    super(
      `There was no answer within ${ms} ms. Redis or Postgres hang, or are slow: see readiness and ` +
        'their own metrics.',
    );
    this.name = 'TooLate';
  }
}

/** The outcome of the work when it is there in time. @throws TooLate */
export async function withTimeout<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new DeadlineExceeded(ms)), ms);
  work.catch(() => undefined); // Nobody waits for it any more when it fails late.
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

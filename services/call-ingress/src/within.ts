/** What a carrier waits for was not there in time. What was begun goes on. */
export class TooLate extends Error {
  constructor(readonly ms: number) {
    super(
      `There was no answer within ${ms} ms. Redis or Postgres hang, or are slow: see readiness and ` +
        'their own metrics.',
    );
    this.name = 'TooLate';
  }
}

/** The outcome of the work when it is there in time. @throws TooLate */
export async function within<T>(ms: number, work: Promise<T>): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new TooLate(ms)), ms);
  work.catch(() => undefined); // Nobody waits for it any more when it fails late.
  try {
    return await Promise.race([work, promise]);
  } finally {
    clearTimeout(timer);
  }
}

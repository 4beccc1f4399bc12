import { getOrPost } from '../documents/document-source.ts';
import type { QueuedCall, QueueResult, WaitingQueue } from '../leg/exchange.ts';
import type { TwimlElement } from '../twiml/twiml-document.ts';
import type { Step } from './step.ts';
import { Interrupted, type Verb, type VerbRun } from './verb-run.ts';

/** A wait document that takes no time is requested again after this many real ms. */
const MIN_WAIT_ROUND_MS = 100;

/** Runs the wait document round after round until it says `<Leave>`; without a `waitUrl` just waits. */
async function hearWaitDocument(
  element: TwimlElement,
  run: VerbRun,
  queue: WaitingQueue,
  queued: QueuedCall,
): Promise<'leave'> {
  const { waitUrl, waitUrlMethod } = element.attributes;
  if (waitUrl === undefined || waitUrl === '') return run.until(new Promise<never>(() => undefined));
  const url = run.resolve(waitUrl);
  while (true) {
    const fields = {
      QueueSid: queue.sid,
      QueuePosition: String(queue.positionOf(queued)),
      QueueTime: queued.waitedS(run.services.clock.now()),
      AvgQueueTime: '0',
      CurrentQueueSize: String(queue.size),
    };
    const source = {
      kind: 'url',
      url,
      method: getOrPost(waitUrlMethod),
      purpose: 'queue-wait',
      fields,
    } as const;
    const end = await run.call.hear(source, 'queue-wait', run.signal);
    if (end.kind === 'left-queue') return 'leave';
    if (end.kind === 'hangup') run.call.end(end.cause, 'completed');
    await run.sleepReal(MIN_WAIT_ROUND_MS);
  }
}

async function waitInQueue(
  element: TwimlElement,
  run: VerbRun,
  queue: WaitingQueue,
  queued: QueuedCall,
): Promise<QueueResult> {
  const music = new AbortController();
  const waiting = hearWaitDocument(element, run.under(music.signal), queue, queued);
  waiting.catch(() => undefined);
  const first = await run.until(Promise.race([waiting, queued.taken.then(() => 'taken' as const)]));
  music.abort();
  if (first === 'leave') return 'leave';
  await run.until(queued.released);
  return 'bridged';
}

export const enqueue: Verb = {
  modes: ['call'],
  answers: () => true,
  async perform(element, run): Promise<Step> {
    const { exchange, clock } = run.services;
    const name = element.text;
    const queue = exchange.queue(name);
    const { maxQueueSize } = element.attributes;
    const queued = queue.add(
      run.call,
      clock.now(),
      maxQueueSize === undefined ? undefined : Number(maxQueueSize),
    );
    if (!queued) return run.action(element, { QueueResult: 'queue-full' });
    run.call.journal.add({ kind: 'enqueued', queue: name });
    const fields = (result: QueueResult) => ({
      QueueResult: result,
      QueueSid: queue.sid,
      QueueTime: queued.waitedS(clock.now()),
    });
    try {
      const result = await waitInQueue(element, run, queue, queued);
      run.call.journal.add({ kind: 'left-queue', queue: name, result });
      return run.action(element, fields(result));
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      const result = run.call.hasEnded ? 'hangup' : 'redirected';
      run.call.journal.add({ kind: 'left-queue', queue: name, result });
      run.notify(element, fields(result));
      throw error;
    } finally {
      queue.remove(queued);
    }
  },
};

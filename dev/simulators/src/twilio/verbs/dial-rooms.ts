import { getOrPost } from '../documents/document-source.ts';
import type { QueuedCall } from '../leg/exchange.ts';
import type { TwimlElement } from '../twiml/twiml-document.ts';
import type { DialProgress, DialResult } from './dial-result.ts';
import type { VerbRun } from './verb-run.ts';

const DEFAULT_TIMEOUT_S = '30';
const DEFAULT_TIME_LIMIT_S = '14400';

/** Stays in the room until it is closed, the call ends or is sent elsewhere. */
export async function joinConference(
  noun: TwimlElement,
  run: VerbRun,
  progress: DialProgress,
): Promise<DialResult> {
  const { clock, exchange } = run.services;
  run.call.answer();
  const membership = exchange.room(noun.text).join(run.call);
  run.call.journal.add({ kind: 'joined', room: noun.text });
  const joinedAtMs = clock.now();
  progress.bridgedAtMs = joinedAtMs;
  try {
    await run.until(membership.ended);
    return { status: 'answered', callSid: null, talkedMs: clock.now() - joinedAtMs };
  } finally {
    membership.leave(noun.attributes.endConferenceOnExit === 'true');
  }
}

async function takeFirst(element: TwimlElement, queueName: string, run: VerbRun): Promise<QueuedCall | null> {
  const taking = run.services.exchange.queue(queueName).take();
  const timeoutMs = Number(element.attributes.timeout ?? DEFAULT_TIMEOUT_S) * 1000;
  try {
    return await run.untilTimeout(taking.next, timeoutMs);
  } finally {
    taking.cancel();
  }
}

/**
 * Plays a document to the queued call before it is connected. Returns whether the call is still there
 * afterwards.
 */
async function whisper(noun: TwimlElement, queued: QueuedCall, run: VerbRun): Promise<boolean> {
  const { url, method } = noun.attributes;
  const { call: other } = queued;
  if (url === undefined) return !other.hasEnded;
  const fields = {
    QueueSid: queued.queueSid,
    QueueTime: queued.waitedS(run.services.clock.now()),
    DequeingCallSid: run.call.sid,
  };
  const source = {
    kind: 'url',
    url: run.resolve(url),
    method: getOrPost(method),
    purpose: 'whisper',
    fields,
  } as const;
  const end = await run.until(other.hear(source, 'whisper', run.signal));
  if (end.kind === 'hangup') other.end(end.cause, 'completed');
  return end.kind === 'finished';
}

/**
 * Talks to the first call of a queue; waits for one until the timeout. A queue that was never entered fails.
 */
export async function dialQueue(
  element: TwimlElement,
  noun: TwimlElement,
  run: VerbRun,
  progress: DialProgress,
): Promise<DialResult> {
  const { clock, exchange } = run.services;
  if (!exchange.hasQueue(noun.text)) return { status: 'failed', callSid: null, talkedMs: null };
  const queued = await takeFirst(element, noun.text, run);
  if (!queued) return { status: 'no-answer', callSid: null, talkedMs: null };
  const { call: other } = queued;
  progress.callSid = other.sid;
  try {
    queued.take();
    if (!(await whisper(noun, queued, run)))
      return { status: run.services.behaviour.whisperDeclinedStatus, callSid: other.sid, talkedMs: null };
    run.call.answer();
    progress.bridgedAtMs = clock.now();
    run.call.bridgeWith(other);
    const timeLimitMs = Number(element.attributes.timeLimit ?? DEFAULT_TIME_LIMIT_S) * 1000;
    await run.untilTimeout(other.leftDocument, timeLimitMs);
    return { status: 'completed', callSid: other.sid, talkedMs: clock.now() - progress.bridgedAtMs };
  } finally {
    queued.release();
  }
}

import { getOrPost } from '../documents/document-source.ts';
import type { CallHandle } from '../leg/call-handle.ts';
import { ring, type DialledParty, type RingResult } from '../leg/callee.ts';
import { PROGRESS_EVENTS, type ProgressEvent, type StatusCallbackConfig } from '../leg/status-callbacks.ts';
import type { TwimlElement } from '../twiml/twiml-document.ts';
import type { DialProgress, DialResult } from './dial-result.ts';
import type { VerbRun } from './verb-run.ts';

const DEFAULT_TIMEOUT_S = '30';
const DEFAULT_TIME_LIMIT_S = '14400';
const MAX_PARTIES = 10;

interface Party {
  readonly noun: TwimlElement;
  readonly leg: CallHandle;
}

function isProgressEvent(word: string): word is ProgressEvent {
  return (PROGRESS_EVENTS as readonly string[]).includes(word);
}

function statusCallback(noun: TwimlElement, run: VerbRun): StatusCallbackConfig | null {
  const { statusCallback: url, statusCallbackMethod, statusCallbackEvent = 'completed' } = noun.attributes;
  if (url === undefined) return null;
  return {
    url: run.resolve(url),
    method: getOrPost(statusCallbackMethod),
    events: statusCallbackEvent.split(/[ ,]+/).filter(isProgressEvent),
  };
}

function addressOf(noun: TwimlElement): { readonly to: string; readonly kind: DialledParty['kind'] } {
  if (noun.name === 'Sip') return { to: noun.text, kind: 'sip' };
  if (noun.name === 'Number') return { to: noun.text, kind: 'number' };
  const identity = noun.children.find((child) => child.name === 'Identity')?.text ?? noun.text;
  return { to: `client:${identity}`, kind: 'client' };
}

function addParty(
  element: TwimlElement,
  noun: TwimlElement,
  run: VerbRun,
): Party & { readonly ringing: Promise<RingResult> } {
  const { call, services } = run;
  const { to, kind } = addressOf(noun);
  const from = element.attributes.callerId ?? (call.direction === 'inbound' ? call.from : call.to);
  const leg = services.addLeg({
    direction: 'outbound-dial',
    from,
    to,
    parent: call,
    statusCallback: statusCallback(noun, run),
    timeLimitMs: Number(element.attributes.timeLimit ?? DEFAULT_TIME_LIMIT_S) * 1000,
  });
  call.journal.add({ kind: 'dialling', to, callSid: leg.sid });
  const timeoutMs = Number(element.attributes.timeout ?? DEFAULT_TIMEOUT_S) * 1000;
  return { noun, leg, ringing: ring(leg, services.calleeFor({ to, from, kind }), timeoutMs) };
}

/** Returns the first party to answer; when there is none, the first party's result. */
function firstToAnswer(
  parties: readonly (Party & { ringing: Promise<RingResult> })[],
): Promise<Party | Exclude<RingResult, 'answered'>> {
  const { promise, resolve } = Promise.withResolvers<Party>();
  const all = parties.map(async (party) => {
    const result = await party.ringing;
    if (result === 'answered') resolve(party);
    return result;
  });
  const nobody = Promise.all(all).then(
    (results) => results.find((result) => result !== 'answered') ?? 'failed',
  );
  return Promise.race([promise, nobody]);
}

/**
 * Plays the whisper document to the called party. Returns whether the party is still on the line afterwards.
 */
async function whisper(party: Party, run: VerbRun): Promise<boolean> {
  const { url, method } = party.noun.attributes;
  if (url === undefined) return !party.leg.hasEnded;
  const source = {
    kind: 'url',
    url: run.resolve(url),
    method: getOrPost(method),
    purpose: 'whisper',
    fields: {},
  } as const;
  const end = await run.until(party.leg.hear(source, 'whisper', run.signal));
  if (end.kind === 'hangup') party.leg.end(end.cause, 'completed');
  return end.kind === 'finished';
}

async function talk(element: TwimlElement, run: VerbRun, leg: CallHandle): Promise<void> {
  const star = Promise.withResolvers<void>();
  const stopListening = run.call.line.listen({ onDigit: (digit) => digit === '*' && star.resolve() });
  const waits: Promise<unknown>[] = [run.until(leg.leftDocument)];
  if (element.attributes.hangupOnStar === 'true') waits.push(star.promise);
  try {
    await Promise.race(waits);
  } finally {
    stopListening();
  }
}

/** Rings all parties at once, lets the first to answer hear its whisper, and bridges it. */
export async function dialParties(
  element: TwimlElement,
  nouns: readonly TwimlElement[],
  run: VerbRun,
  progress: DialProgress,
): Promise<DialResult> {
  const { clock, behaviour } = run.services;
  if (nouns.length === 0 || nouns.length > MAX_PARTIES) {
    run.call.journal.error(12_200, `line ${element.line}: <Dial> names ${nouns.length} parties`);
    return { status: 'failed', callSid: null, talkedMs: null };
  }
  const parties = nouns.map((noun) => addParty(element, noun, run));
  progress.callSid = parties[0]?.leg.sid ?? null;
  try {
    const winner = await run.until(firstToAnswer(parties));
    if (typeof winner === 'string') return { status: winner, callSid: progress.callSid, talkedMs: null };
    progress.callSid = winner.leg.sid;
    for (const { leg } of parties) if (leg !== winner.leg) leg.end('dial-ended', 'canceled');
    if (!(await whisper(winner, run)))
      return { status: behaviour.whisperDeclinedStatus, callSid: winner.leg.sid, talkedMs: null };
    run.call.answer();
    progress.bridgedAtMs = clock.now();
    run.call.bridgeWith(winner.leg);
    await talk(element, run, winner.leg);
    return { status: 'completed', callSid: winner.leg.sid, talkedMs: clock.now() - progress.bridgedAtMs };
  } finally {
    for (const { leg } of parties) leg.endDialled();
  }
}

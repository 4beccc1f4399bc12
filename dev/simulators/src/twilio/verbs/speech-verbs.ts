import { PHONE_RATE_HZ, readWav, WavError } from '@tandem/kit';
import type { ErrorCode } from '../reference/call-errors.ts';
import type { TwimlElement } from '../twiml/twiml-document.ts';
import type { WebhookOutcome } from '../webhook/webhook-client.ts';
import { NEXT, type Step } from './step.ts';
import type { Verb, VerbRun } from './verb-run.ts';

/** `loop="0"` means until the call ends; this is close enough and stops a run at high speed. */
const ENDLESS = 1000;
const TONE_MS = 200;
/** A `w` in digits to play waits half a second. */
const WAIT_MS = 500;
/** 128 kbit/s, the usual rate of a prompt; what cannot be decoded here is measured by its size. */
const MP3_BYTES_PER_MS = 16;

/** Spoken English runs at about fifteen characters a second. */
const SPEECH_MS_PER_CHARACTER = 65;

function loops(element: TwimlElement): number {
  const loop = Number(element.attributes.loop ?? '1');
  return loop === 0 ? ENDLESS : loop;
}

/** Speaks with the carrier's voice, for as long as the words take. */
export async function speak(text: string, run: VerbRun): Promise<void> {
  const estimatedMs = text.length * SPEECH_MS_PER_CHARACTER;
  run.call.journal.add({ kind: 'said', text, estimatedMs });
  await run.sleep(estimatedMs);
}

export const say: Verb = {
  modes: ['call', 'whisper', 'queue-wait'],
  answers: () => true,
  async perform(element, run) {
    if (element.text === '') run.call.journal.error(13_520, `line ${element.line}: nothing to say`);
    else for (let i = 0; i < loops(element); i += 1) await speak(element.text, run);
    return NEXT;
  },
};

/** As the first verb it delays the answer: "wait five seconds before accepting the call". */
export const pause: Verb = {
  modes: ['call', 'whisper', 'queue-wait'],
  answers: () => false,
  async perform(element, run) {
    await run.sleep(Number(element.attributes.length ?? '1') * 1000);
    return NEXT;
  },
};

export const play: Verb = {
  modes: ['call', 'whisper', 'queue-wait'],
  answers: () => true,
  async perform(element, run): Promise<Step> {
    const { digits } = element.attributes;
    if (digits !== undefined) {
      run.call.journal.add({ kind: 'tones', digits });
      await run.sleep([...digits].reduce((sum, digit) => sum + (/w/i.test(digit) ? WAIT_MS : TONE_MS), 0));
      return NEXT;
    }
    const durationMs = await fetchAudio(element.text, run);
    for (let i = 0; durationMs !== null && i < loops(element); i += 1) {
      run.call.journal.add({ kind: 'played', url: element.text, durationMs });
      await run.sleep(durationMs);
    }
    return NEXT;
  },
};

/** Length of the audio behind a URL in ms; null, with an error in the report, when it cannot be played. */
async function fetchAudio(url: string, run: VerbRun): Promise<number | null> {
  const { call } = run;
  const outcome = await run.until(call.request('play', { url: run.resolve(url), method: 'GET', fields: {} }));
  const measured = measureAudio(outcome);
  if (typeof measured === 'number') return measured;
  call.journal.error(measured.code, `<Play> ${url}: ${measured.detail}`);
  return null;
}

function measureAudio(
  outcome: WebhookOutcome,
): number | { readonly code: ErrorCode; readonly detail: string } {
  if (outcome.kind === 'failed') return outcome;
  const { status, contentType, body } = outcome;
  if (status !== 200) return { code: 11_200, detail: `the server answered ${status}` };
  const type = contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'audio/basic' || type === 'audio/x-mulaw' || type === 'audio/ulaw')
    return (body.length / PHONE_RATE_HZ) * 1000;
  if (type === 'audio/mpeg') return body.length / MP3_BYTES_PER_MS;
  if (!/^audio\/(x-|vnd\.)?wave?$/.test(type))
    return { code: 12_300, detail: `"${contentType}" is not audio that can be played` };
  try {
    const { samples, rateHz } = readWav(body);
    return (samples.length / rateHz) * 1000;
  } catch (error) {
    if (error instanceof WavError) return { code: 12_300, detail: error.message };
    throw error;
  }
}

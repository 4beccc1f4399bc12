import type { CallHandle } from '../leg/call-handle.ts';
import type { MediaStream } from '../stream/media-stream.ts';
import type { StreamTrack } from '../stream/stream-messages.ts';
import type { StreamEnd } from '../stream/stream-report.ts';
import type { TwimlElement } from '../twiml/twiml-document.ts';
import { NEXT, type Step } from './step.ts';
import { startStream } from './stream-starter.ts';
import { Interrupted, type Verb, type VerbRun } from './verb-run.ts';

/** Twilio: name and value of a `<Parameter>` together stay under 500 characters. */
const MAX_PARAMETER_CHARACTERS = 500;
const MAX_TRACKS = 4;

function customParameters(element: TwimlElement, call: CallHandle): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (const child of element.children) {
    const { name = '', value = '' } = child.attributes;
    if (name.length + value.length < MAX_PARAMETER_CHARACTERS && name !== '') parameters[name] = value;
    else
      call.journal.error(
        12_200,
        `line ${child.line}: <Parameter name="${name.slice(0, 40)}"> needs a name and fewer than ` +
          `${MAX_PARAMETER_CHARACTERS} characters`,
      );
  }
  return parameters;
}

interface OpenedStream {
  readonly stream: MediaStream | null;
  readonly ended: Promise<StreamEnd>;
}

function openStream(
  element: TwimlElement,
  run: VerbRun,
  tracks: readonly StreamTrack[],
  isBidirectional: boolean,
): OpenedStream {
  const { url = '', name = '', statusCallback, statusCallbackMethod } = element.attributes;
  const { promise: ended, resolve } = Promise.withResolvers<StreamEnd>();
  const stream = startStream(run.call, run.services, {
    url,
    name,
    tracks,
    isBidirectional,
    customParameters: customParameters(element, run.call),
    statusCallback:
      statusCallback === undefined
        ? null
        : { url: run.resolve(statusCallback), method: statusCallbackMethod ?? 'POST' },
    onEnded: resolve,
  });
  return { stream, ended };
}

/** Blocks until the server closes the socket or the connection breaks, then `action` or the next verb. */
export const connect: Verb = {
  modes: ['call'],
  answers: () => true,
  async perform(element, run): Promise<Step> {
    const noun = element.children.find((child) => child.name === 'Stream');
    if (!noun) return NEXT;
    const { stream, ended } = openStream(noun, run, ['inbound'], true);
    try {
      const end = await run.until(ended);
      if (end.cause === 'connection-lost') await run.sleepReal(run.services.behaviour.actionDelayAfterLossMs);
      return run.action(element, {});
    } catch (error) {
      if (!(error instanceof Interrupted)) throw error;
      stream?.stop();
      if (run.call.hasEnded && run.services.behaviour.connectActionAfterHangup) run.notify(element, {});
      throw error;
    }
  },
};

const TRACKS: ReadonlyMap<string, readonly StreamTrack[]> = new Map([
  ['inbound_track', ['inbound']],
  ['outbound_track', ['outbound']],
  ['both_tracks', ['inbound', 'outbound']],
]);

/** Forks the audio, one way, and continues at once. */
export const start: Verb = {
  modes: ['call'],
  answers: () => true,
  perform(element, run): Step {
    for (const noun of element.children.filter((child) => child.name === 'Stream')) {
      const tracks = TRACKS.get(noun.attributes.track ?? 'inbound_track') ?? ['inbound'];
      if (run.call.streams.forkedTracks + tracks.length > MAX_TRACKS) {
        run.call.journal.error(
          12_200,
          `line ${noun.line}: more than ${MAX_TRACKS} tracks of one call are streamed`,
        );
        continue;
      }
      openStream(noun, run, tracks, false);
    }
    return NEXT;
  },
};

/** Stops a fork by its name. */
export const stop: Verb = {
  modes: ['call'],
  answers: () => false,
  perform(element, run): Step {
    for (const noun of element.children) run.call.streams.stopFork(noun.attributes.name ?? '');
    return NEXT;
  },
};

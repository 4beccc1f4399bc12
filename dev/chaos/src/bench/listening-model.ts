import type { AudioFormat } from '@tandem/contracts';
import { decodeMulaw, encodeMulaw, PHONE_RATE_HZ, resample } from '@tandem/kit';
import type {
  Behaviour,
  Brain,
  RealtimeSimulatorOptions,
  ResponsePlan,
  ResponseRequest,
} from '@tandem/simulators';
import { answerTo } from '../history/answer-to.ts';
import type { MachineVoice } from './voice/machine-voice.ts';

const NOTHING_TO_ANSWER = 'Please say that again.';

const VERBATIM = /^\s*(?:say|speak|repeat|read)\b[\s\S]*?:\s*(?:\n)?["“]?([\s\S]+?)["”]?\s*$/i;

/**
 * A model that answers the caller's last words by quoting them, whether it heard them itself or was given
 * them as history: every answer can be matched to its turn.
 */
const listeningModel: Behaviour = { name: 'listening', needsAudio: true, open: () => new ListeningBrain() };

/** Time the simulated provider takes to answer, as the goals assume. */
const FIRST_BYTE_MS = 300;
const AGENT_SPEAKS_MS = 1_200;

/** Returns a provider with stamped audio, and the listening model unless another behaviour is given. */
export function simulatedModel(
  voice: MachineVoice,
  behaviour: Behaviour = listeningModel,
): RealtimeSimulatorOptions {
  return {
    behaviour,
    pace: { firstByteMs: FIRST_BYTE_MS, deltaMs: 200, audioRate: 5 },
    record: { events: false, audio: false },
    transcriptionDelayMs: 100,
    speak: (text, format) => fromPhone(voice.speak(text, AGENT_SPEAKS_MS), format),
    recognise: (audio, format) => voice.hear(toPhone(audio, format))[0]?.text ?? null,
  };
}

/** Returns telephone audio, µ-law at 8 kHz, in a format of the model. */
function fromPhone(audio: Uint8Array, { encoding, rateHz }: AudioFormat): Uint8Array {
  if (encoding !== 'pcm16') return audio;
  const { buffer, byteOffset, byteLength } = resample(decodeMulaw(audio), PHONE_RATE_HZ, rateHz);
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Returns audio of the model as telephone audio; a machine's voice has nothing above a telephone's band. */
function toPhone(audio: Uint8Array, { encoding, rateHz }: AudioFormat): Uint8Array {
  if (encoding !== 'pcm16') return audio;
  const every = rateHz / PHONE_RATE_HZ;
  const { buffer, byteLength } = Uint8Array.from(audio);
  const samples = new Int16Array(buffer, 0, byteLength >> 1);
  return encodeMulaw(samples.filter((_sample, at) => at % every === 0));
}

class ListeningBrain implements Brain {
  respond({ ownInstructions, utterances, context }: ResponseRequest): ResponsePlan {
    const asked = VERBATIM.exec(ownInstructions ?? '')?.[1];
    if (asked !== undefined) return { steps: [{ say: asked }] };
    const words = utterances.at(-1)?.text || unanswered(context);
    return { steps: [{ say: words ? answerTo(words) : NOTHING_TO_ANSWER }] };
  }
}

/** The caller's last words, where no answer to them follows that was heard to its end. */
function unanswered(context: ResponseRequest['context']): string {
  const messages = context
    .filter(({ wire }) => wire['type'] === 'message' && wire['role'] !== 'system')
    .map(({ wire }) => textOf(wire));
  const words = messages.findLast((text) => /^call \d+ turn/.test(text)) ?? '';
  return messages.includes(answerTo(words)) ? '' : words;
}

/** The words of a conversation item, whichever way they are spelled. */
export function textOf(wire: Readonly<Record<string, unknown>>): string {
  const parts = Array.isArray(wire['content'])
    ? (wire['content'] as { readonly text?: string; readonly transcript?: string | null }[])
    : [];
  return parts
    .map(({ text, transcript }) => text ?? transcript ?? '')
    .join('')
    .trim();
}

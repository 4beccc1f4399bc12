import type { AudioFormat, TurnDetection } from '@tandem/contracts';
import type { ModelSessionChange, ModelSessionSetup } from '@tandem/conversation';
import type {
  AudioTranscription,
  RealtimeAudioConfig,
  RealtimeAudioFormats,
  RealtimeAudioInputTurnDetection,
  RealtimeClientEvent,
  RealtimeSessionCreateRequest,
} from 'openai/resources/realtime/realtime';
import { wireTools } from './wire-tools.ts';

/*
 * The server refuses a whole update for one field it does not know: see client-events.ts. What a session is
 * set up with, and what changes while it runs.
 */

/** Makes the update that sets up a session. */
export function sessionUpdate(setup: ModelSessionSetup): RealtimeClientEvent {
  return {
    type: 'session.update',
    session: {
      type: 'realtime',
      output_modalities: ['audio'],
      instructions: setup.instructions,
      audio: {
        input: {
          format: wireFormat(setup.inputFormat),
          turn_detection: wireTurnDetection(setup.turnDetection, setup.turnOwner),
          ...(setup.transcriptionModel
            ? { transcription: wireTranscription(setup.transcriptionModel, setup.language) }
            : {}),
          ...(setup.noiseReduction && setup.noiseReduction !== 'off'
            ? { noise_reduction: { type: setup.noiseReduction } }
            : {}),
        },
        output: {
          format: wireFormat(setup.outputFormat),
          voice: setup.voice,
          ...(setup.speed === undefined ? {} : { speed: setup.speed }),
        },
      },
      tools: wireTools(setup.tools),
      tool_choice: 'auto',
    },
  };
}

/** A change of nothing, which the server answers with `session.updated`. */
export const NO_CHANGE: RealtimeClientEvent = { type: 'session.update', session: { type: 'realtime' } };

/** Makes an update of what changes. A turn detection is completed from `setup`, the state before. */
export function sessionChange(change: ModelSessionChange, setup: ModelSessionSetup): RealtimeClientEvent {
  const session: RealtimeSessionCreateRequest = { type: 'realtime' };
  if (change.instructions !== undefined) session.instructions = change.instructions;
  if (change.tools) session.tools = wireTools(change.tools);
  const input = inputChange(change, setup);
  const audio: RealtimeAudioConfig = {
    ...(Object.keys(input).length > 0 ? { input } : {}),
    ...(change.speed === undefined ? {} : { output: { speed: change.speed } }),
  };
  if (Object.keys(audio).length > 0) session.audio = audio;
  return { type: 'session.update', session };
}

function inputChange(
  change: ModelSessionChange,
  setup: ModelSessionSetup,
): NonNullable<RealtimeAudioConfig['input']> {
  const input: NonNullable<RealtimeAudioConfig['input']> = {};
  if (change.turnDetection || change.turnOwner) {
    input.turn_detection = wireTurnDetection(
      change.turnDetection ?? setup.turnDetection,
      change.turnOwner ?? setup.turnOwner,
    );
  }
  if (change.language && setup.transcriptionModel)
    input.transcription = wireTranscription(setup.transcriptionModel, change.language);
  if (change.noiseReduction) {
    // The published types leave out null, which the reference documents as "off".
    input.noise_reduction = (
      change.noiseReduction === 'off' ? null : { type: change.noiseReduction }
    ) as NonNullable<typeof input.noise_reduction>;
  }
  return input;
}

function wireFormat(format: AudioFormat): RealtimeAudioFormats {
  switch (format.encoding) {
    case 'pcmu':
      return { type: 'audio/pcmu' };
    case 'pcma':
      return { type: 'audio/pcma' };
    case 'pcm16':
      return { type: 'audio/pcm', rate: 24000 };
  }
}

function wireTurnDetection(
  detection: TurnDetection,
  owner: 'model' | 'session',
): RealtimeAudioInputTurnDetection {
  const decides = { create_response: owner === 'model', interrupt_response: owner === 'model' };
  return detection.kind === 'server-vad'
    ? {
        type: 'server_vad',
        threshold: detection.threshold,
        prefix_padding_ms: detection.prefixPaddingMs,
        silence_duration_ms: detection.silenceMs,
        ...decides,
      }
    : { type: 'semantic_vad', eagerness: detection.eagerness, ...decides };
}

/** Models with a list of languages; the others have one. */
const TAKES_LANGUAGES = new Set(['gpt-transcribe', 'gpt-live-transcribe']);

function wireTranscription(model: string, language: string): AudioTranscription {
  const iso639 = language.split('-')[0]?.toLowerCase() ?? 'en';
  return { model, ...(TAKES_LANGUAGES.has(model) ? { languages: [iso639] } : { language: iso639 }) };
}

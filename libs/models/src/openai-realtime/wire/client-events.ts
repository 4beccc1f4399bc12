import type { AudioFormat, ToolDeclaration, TurnDetection } from '@tandem/contracts';
import type { HistoryItem, ModelSessionChange, ModelSessionSetup, SpeakRequest } from '@tandem/conversation';
import type {
  AudioTranscription,
  ConversationItem,
  RealtimeAudioConfig,
  RealtimeAudioFormats,
  RealtimeAudioInputTurnDetection,
  RealtimeClientEvent,
  RealtimeFunctionTool,
  RealtimeSessionCreateRequest,
} from 'openai/resources/realtime/realtime';

/*
 * Events for the Realtime API (GA). The server refuses a whole update for one field it does not know, so
 * every event is built here, typed with the vendor's own types, and held against the published schema in the
 * specs.
 */

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
      tools: setup.tools.map(wireTool),
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
  if (change.tools) session.tools = change.tools.map(wireTool);
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

/** Makes an item of text: the API takes no audio of the assistant. */
export function historyItem(item: HistoryItem): RealtimeClientEvent {
  return { type: 'conversation.item.create', item: wireItem(item) };
}

function wireItem(item: HistoryItem): ConversationItem {
  switch (item.kind) {
    case 'caller':
      return { type: 'message', role: 'user', content: [{ type: 'input_text', text: item.text }] };
    case 'agent':
      return { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: item.text }] };
    case 'note':
      return { type: 'message', role: 'system', content: [{ type: 'input_text', text: item.text }] };
    case 'tool-call':
      return {
        type: 'function_call',
        call_id: item.providerCallId,
        name: item.name,
        arguments: item.argumentsJson,
      };
    case 'tool-result':
      return { type: 'function_call_output', call_id: item.providerCallId, output: item.output };
  }
}

/** @param requestId comes back in the metadata, by which our responses differ from the server's own */
export function responseCreate(
  request: SpeakRequest,
  requestId: string,
  instructions: string,
): RealtimeClientEvent {
  const metadata = { request: requestId };
  switch (request.kind) {
    case 'reply':
      return { type: 'response.create', event_id: requestId, response: { metadata } };
    case 'say':
      return {
        type: 'response.create',
        event_id: requestId,
        response: {
          metadata,
          tool_choice: 'none',
          instructions:
            'Say the following to the caller, word for word, in a natural voice, and nothing ' +
            `else:\n${request.text}`,
        },
      };
    case 'instruct':
      return {
        type: 'response.create',
        event_id: requestId,
        response: {
          metadata,
          tool_choice: 'none',
          instructions: `${instructions}\n\n${request.instruction}`,
        },
      };
  }
}

const APPEND_HEAD = Buffer.from('{"type":"input_audio_buffer.append","audio":"');
const APPEND_TAIL = Buffer.from('"}');

/** Built by hand and in bytes, for the hot path: G.711 stays the base64 it came in. */
export function appendAudio(base64: Buffer): Buffer {
  const event = Buffer.allocUnsafe(APPEND_HEAD.length + base64.length + APPEND_TAIL.length);
  event.set(APPEND_HEAD, 0);
  event.set(base64, APPEND_HEAD.length);
  event.set(APPEND_TAIL, APPEND_HEAD.length + base64.length);
  return event;
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

function wireTool(tool: ToolDeclaration): RealtimeFunctionTool {
  return { type: 'function', name: tool.name, description: tool.description, parameters: tool.parameters };
}

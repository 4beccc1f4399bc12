import { outOfRange, refusal, tooLong, unsupportedValue, type ApiError } from './api-error.ts';
import { asArray, asObject, asString, at, has, isObject, type JsonObject } from './json.ts';
import { outputFault } from './output-rules.ts';
import { publishedSchema } from './schema.ts';

/** The history of a session that limits later changes. */
interface SessionHistory {
  readonly hasSpoken: boolean;
  readonly isResponding: boolean;
}

/** The rules for a `session.update` that the schema cannot say. Null when the whole update may be applied. */
export function updateFault(
  current: JsonObject,
  update: JsonObject,
  history: SessionHistory,
): ApiError | null {
  return (
    typeFault(current, update) ??
    modelFault(current, update) ??
    outputFault('session', update) ??
    detectionFault(update) ??
    voiceFault('session', current, update, history) ??
    speedFault(current, update, history) ??
    tracingFault(current, update) ??
    transcriptionFault(update)
  );
}

/** The rules for the `response` of a `response.create`. */
export function responseFault(
  session: JsonObject,
  params: JsonObject,
  history: SessionHistory,
): ApiError | null {
  return (
    outputFault('response', params) ??
    conversationFault(params) ??
    metadataFault(params) ??
    voiceFault('response', session, params, history)
  );
}

function typeFault(current: JsonObject, update: JsonObject): ApiError | null {
  if (update['type'] === current['type']) return null;
  const [passed, open] = [String(update['type']), String(current['type'])];
  return refusal(
    'cannot_update_session_type',
    `Passing a ${passed} session update event to a ${open} session is not allowed.`,
    'session.type',
  );
}

function modelFault(current: JsonObject, update: JsonObject): ApiError | null {
  if (!has(update, 'model') || update['model'] === current['model']) return null;
  return refusal('cannot_update_model', 'The model of a session cannot be changed.', 'session.model');
}

function detectionFault(update: JsonObject): ApiError | null {
  const base = 'session.audio.input.turn_detection';
  const detection = asObject(at(update, 'audio.input.turn_detection'));
  const threshold = detection['threshold'];
  if (typeof threshold === 'number') {
    if (threshold < 0) return outOfRange(`${base}.threshold`, threshold, { min: 0 }, 'decimal');
    if (threshold > 1) return outOfRange(`${base}.threshold`, threshold, { max: 1 }, 'decimal');
  }
  for (const key of ['prefix_padding_ms', 'silence_duration_ms']) {
    const value = detection[key];
    if (typeof value === 'number' && value < 0)
      return outOfRange(`${base}.${key}`, value, { min: 0 }, 'integer');
  }
  return null;
}

function voiceFault(
  path: 'session' | 'response',
  session: JsonObject,
  params: JsonObject,
  history: SessionHistory,
): ApiError | null {
  if (!has(params, 'audio.output.voice')) return null;
  const voice = at(params, 'audio.output.voice');
  const known = enumOf('VoiceIdsShared');
  if (typeof voice === 'string' && !known.includes(voice))
    return unsupportedValue(`${path}.audio.output.voice`, voice, known);
  const isSame = JSON.stringify(voice) === JSON.stringify(at(session, 'audio.output.voice'));
  if (isSame || !history.hasSpoken) return null;
  return refusal(
    'cannot_update_voice',
    "Cannot update a conversation's voice if assistant audio is present.",
  );
}

function speedFault(current: JsonObject, update: JsonObject, history: SessionHistory): ApiError | null {
  const speed = at(update, 'audio.output.speed');
  if (speed === undefined || speed === at(current, 'audio.output.speed') || !history.isResponding)
    return null;
  return refusal(
    'cannot_update_speed',
    'Cannot update speed while a response is in progress.',
    'session.audio.output.speed',
  );
}

function tracingFault(current: JsonObject, update: JsonObject): ApiError | null {
  if (!has(update, 'tracing') || current['tracing'] === null) return null;
  if (JSON.stringify(update['tracing']) === JSON.stringify(current['tracing'])) return null;
  return refusal('cannot_update_tracing', 'Tracing cannot be changed once it is enabled.', 'session.tracing');
}

function transcriptionFault(update: JsonObject): ApiError | null {
  const transcription = at(update, 'audio.input.transcription');
  if (!isObject(transcription)) return null;
  const model = asString(transcription['model']);
  const known = enumOf('AudioTranscription', 'model');
  return model === undefined || known.includes(model)
    ? null
    : unsupportedValue('session.audio.input.transcription.model', model, known);
}

function conversationFault(params: JsonObject): ApiError | null {
  const conversation = params['conversation'];
  if (conversation === undefined || conversation === 'auto' || conversation === 'none') return null;
  return unsupportedValue('response.conversation', conversation, ['auto', 'none']);
}

/** `Metadata` in the API description: 16 pairs, keys up to 64 characters, values up to 512. */
function metadataFault(params: JsonObject): ApiError | null {
  const entries = Object.entries(asObject(params['metadata']));
  if (entries.length > 16)
    return refusal(
      'invalid_value',
      `Invalid 'response.metadata': too many properties. Expected at most 16, but got ${entries.length}.`,
      'response.metadata',
    );
  for (const [key, value] of entries) {
    if (key.length > 64) return tooLong('response.metadata', 64, key.length);
    if (String(value).length > 512) return tooLong(`response.metadata.${key}`, 512, String(value).length);
  }
  return null;
}

/** The values a definition (or one of its properties) lists beside "any string". */
function enumOf(definition: string, property?: string): string[] {
  const node = publishedSchema().$defs[definition];
  const field = property === undefined ? node : asObject(asObject(node?.['properties'])[property]);
  return asArray(field?.['anyOf']).flatMap((branch) => asArray(asObject(branch)['enum']).map(String));
}

import {
  invalidType,
  missingParameter,
  refusal,
  tooLong,
  unknownParameter,
  unsupportedValue,
  type ApiError,
} from './api-error.ts';
import { diagnose } from './diagnose.ts';
import { clientEventTypes, fitsClientSchema } from './event-checks.ts';
import { asString, isObject, type JsonObject, type Typed } from './json.ts';
import { clientSchema } from './schema.ts';

/** `InputAudioBufferAppendEvent`: "up to a maximum of 15 MiB"; we take it as decoded bytes. */
export const MAX_APPEND_BYTES = 15 * 1024 * 1024;

type ReadEvent =
  | { readonly ok: true; readonly event: Typed }
  | {
      readonly ok: false;
      readonly error: ApiError;
      readonly eventId: string | null;
      readonly event: unknown;
    };

/**
 * Reads one text message of a client: parsed, of a known type, and fitting the published schema with nothing
 * unknown.
 */
export function readClientEvent(text: string): ReadEvent {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    return refuse(refusal('invalid_json', 'Invalid event: failed to parse JSON value.'), text);
  }
  if (!isObject(parsed))
    return refuse(refusal('invalid_json', 'Invalid event: expected a JSON object.'), parsed);
  const type = parsed['type'];
  if (type === 'input_audio_buffer.append') {
    const error = appendFault(parsed);
    return error ? refuse(error, parsed) : { ok: true, event: parsed as Typed };
  }
  const error = eventFault(parsed);
  return error ? refuse(error, parsed) : { ok: true, event: parsed as Typed };
}

function refuse(error: ApiError, event: unknown): ReadEvent {
  const eventId = isObject(event) ? (asString(event['event_id']) ?? null) : null;
  return { ok: false, error, eventId, event };
}

function eventFault(event: JsonObject): ApiError | null {
  if (!Object.hasOwn(event, 'type')) return missingParameter('type');
  if (typeof event['type'] !== 'string') return invalidType('type', 'a string', event['type']);
  const definition = clientEventTypes().get(event['type']);
  if (definition === undefined)
    return unsupportedValue('type', event['type'], [...clientEventTypes().keys()]);
  if (fitsClientSchema(event as Typed)) return null;
  return (
    diagnose(clientSchema(), definition, event) ??
    refusal('invalid_value', 'Invalid event: it does not fit the schema.')
  );
}

/**
 * The schema check of the one event that comes fifty times a second, by hand: the same verdicts and refusals
 * as the general path, without its machinery. A spec holds the two against each other.
 */
export function appendFault(event: JsonObject): ApiError | null {
  if (!Object.hasOwn(event, 'audio')) return missingParameter('audio');
  for (const key in event) {
    if (key !== 'type' && key !== 'audio' && key !== 'event_id') return unknownParameter(key);
  }
  const eventId = event['event_id'];
  if (eventId !== undefined) {
    if (typeof eventId !== 'string') return invalidType('event_id', 'a string', eventId);
    if (eventId.length > 512) return tooLong('event_id', 512, eventId.length);
  }
  return typeof event['audio'] === 'string' ? null : invalidType('audio', 'a string', event['audio']);
}

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;

/** Bytes that strict base64 decodes to, or null when the text is not strict base64. */
export function decodeBase64(text: string): Buffer | null {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return null;
  return Buffer.from(text, 'base64');
}

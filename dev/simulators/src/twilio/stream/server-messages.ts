// What a server may send on Media Streams. Source: twilio.com/docs/voice/media-streams/websocket-messages.

type ServerMessage =
  | { readonly event: 'media'; readonly audio: Uint8Array }
  | { readonly event: 'mark'; readonly name: string }
  | { readonly event: 'clear' }
  | { readonly event: 'invalid'; readonly reason: string };

function invalid(reason: string): ServerMessage {
  return { event: 'invalid', reason };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function unexpectedField(value: Record<string, unknown>, allowed: readonly string[]): string | null {
  for (const key in value) if (!allowed.includes(key)) return key;
  return null;
}

/** Standard alphabet, padded, canonical: what decodes and encodes back to itself. Null when it is not. */
function strictBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : null;
}

function readMedia(message: Record<string, unknown>): ServerMessage {
  const { media } = message;
  if (!isObject(media)) return invalid('media: the "media" object is missing');
  const extra = unexpectedField(media, ['payload']);
  if (extra !== null) return invalid(`media: unexpected field "media.${extra}"`);
  if (typeof media.payload !== 'string') return invalid('media: "media.payload" is not a string');
  const audio = strictBase64(media.payload);
  if (!audio) return invalid('media: "media.payload" is not base64');
  if (audio.length === 0) return invalid('media: "media.payload" is empty');
  if (audio.toString('latin1', 0, 4) === 'RIFF')
    return invalid('media: "media.payload" begins with a file header');
  return { event: 'media', audio };
}

function readMark(message: Record<string, unknown>): ServerMessage {
  const { mark } = message;
  if (!isObject(mark)) return invalid('mark: the "mark" object is missing');
  const extra = unexpectedField(mark, ['name']);
  if (extra !== null) return invalid(`mark: unexpected field "mark.${extra}"`);
  if (typeof mark.name !== 'string' || mark.name === '') return invalid('mark: "mark.name" is not a text');
  return { event: 'mark', name: mark.name };
}

const FIELDS: ReadonlyMap<unknown, readonly string[]> = new Map([
  ['media', ['event', 'streamSid', 'media']],
  ['mark', ['event', 'streamSid', 'mark']],
  ['clear', ['event', 'streamSid']],
]);

/** Reads one text message of the server as strictly as Twilio's error pages 31924 and 31951 describe. */
export function readServerMessage(text: string, streamSid: string): ServerMessage {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return invalid('not JSON');
  }
  if (!isObject(message)) return invalid('not a JSON object');
  const event = typeof message.event === 'string' ? message.event : '';
  const fields = FIELDS.get(event);
  if (!fields) return invalid(`unknown event "${event.slice(0, 50)}"`);
  const extra = unexpectedField(message, fields);
  if (extra !== null) return invalid(`${event}: unexpected field "${extra}"`);
  if (message.streamSid !== streamSid) return invalid(`${event}: "streamSid" is not the sid of this stream`);
  if (event === 'media') return readMedia(message);
  return event === 'mark' ? readMark(message) : { event: 'clear' };
}

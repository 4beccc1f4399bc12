import { missingParameter, refusal, tooLong, type ApiError } from '../wire/api-error.ts';
import { decodeBase64 } from '../wire/client-event.ts';
import { asArray, asObject, asString, type JsonObject, type Typed } from '../wire/json.ts';
import { newItem, type Conversation, type Item } from './conversation.ts';

/** Longest id a client may give an item or a tool call. */
const MAX_ID_LENGTH = 32;

/** The rules for a client's item that the schema cannot say. Null when it may join the conversation. */
export function itemFault(
  conversation: Conversation,
  item: JsonObject,
  after: string | undefined,
): ApiError | null {
  return (
    idFault(conversation, item) ??
    conversation.placeFault(after) ??
    contentFault(item) ??
    toolFault(conversation, item)
  );
}

function idFault(conversation: Conversation, item: JsonObject): ApiError | null {
  for (const key of ['id', 'call_id']) {
    const id = asString(item[key]);
    if (id !== undefined && id.length > MAX_ID_LENGTH)
      return tooLong(`item.${key}`, MAX_ID_LENGTH, id.length);
  }
  const id = asString(item['id']);
  if (id === undefined || !conversation.get(id)) return null;
  return refusal(
    'item_create_duplicate_item_id',
    `Error adding item: an item with id '${id}' already exists.`,
    'item.id',
  );
}

/**
 * The field each kind of content must carry. An assistant's audio cannot be seeded, so its parts need text.
 */
const NEEDS: Record<string, string> = {
  input_text: 'text',
  output_text: 'text',
  output_audio: 'text',
  input_audio: 'audio',
  input_image: 'image_url',
};

function contentFault(item: JsonObject): ApiError | null {
  for (const [index, raw] of asArray(item['content']).entries()) {
    const part = asObject(raw);
    const path = `item.content[${index}]`;
    const type = asString(part['type']);
    if (type === undefined) return missingParameter(`${path}.type`);
    const needed = NEEDS[type];
    if (needed !== undefined && asString(part[needed]) === undefined)
      return missingParameter(`${path}.${needed}`);
    if (type === 'input_audio' && decodeBase64(String(part['audio'])) === null)
      return notAudio(`${path}.audio`);
  }
  return null;
}

function toolFault(conversation: Conversation, item: JsonObject): ApiError | null {
  if (item['type'] !== 'function_call_output') return null;
  const callId = String(item['call_id']);
  return conversation.hasToolCall(callId)
    ? null
    : refusal('invalid_tool_call_id', `Tool call ID '${callId}' not found in conversation.`);
}

/** The refusal of audio that is not base64 of whole samples. */
export function notAudio(param: string, what = 'base64-encoded audio bytes'): ApiError {
  const field = param.split('.').at(-1) ?? param;
  return refusal('invalid_value', `Invalid '${field}'. Expected ${what} but got an invalid value.`, param);
}

/** The item as the server keeps it. Its fields were checked before. */
export function clientItem(id: string, given: JsonObject, newCallId: () => string): Item {
  const wire: Typed = {
    ...structuredClone(given),
    type: String(given['type']),
    id,
    object: 'realtime.item',
    status: 'completed',
  };
  if (wire.type === 'function_call' && wire['call_id'] === undefined) wire['call_id'] = newCallId();
  const item = newItem(id, 'client', wire);
  for (const raw of asArray(wire['content'])) {
    const part = asObject(raw);
    if (part['type'] !== 'input_audio') continue;
    item.audio = decodeBase64(String(part['audio']));
    delete part['audio'];
  }
  return item;
}

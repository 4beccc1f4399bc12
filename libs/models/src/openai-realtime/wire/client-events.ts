import type { HistoryItem, SpeakRequest } from '@tandem/conversation';
import type { ConversationItem, RealtimeClientEvent } from 'openai/resources/realtime/realtime';

/*
 * Events for the Realtime API (GA). The server refuses a whole update for one field it does not know, so
 * every event is built here, typed with the vendor's own types, and held against the published schema in the
 * specs.
 */

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

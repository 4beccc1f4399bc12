import type { JsonObject } from './json.ts';

const NULL: JsonObject = { type: 'null' };

/** A place of the description, and a schema that fits there too. */
export interface Amendment {
  readonly path: string;
  readonly also: JsonObject;
}

/**
 * Values the server takes although the published schema leaves them out.
 * - `null` for noise reduction and transcription: the prose of the same description.
 * - `item_reference` in a response's `input`: the prose of `response.create` ("references to existing
 *   Items").
 */
export const CLIENT_AMENDMENTS: readonly Amendment[] = [
  ...['RealtimeSessionCreateRequestGA', 'RealtimeTranscriptionSessionCreateRequestGA'].flatMap((name) => [
    { path: `${name}.properties.audio.properties.input.properties.noise_reduction`, also: NULL },
    { path: `${name}.properties.audio.properties.input.properties.transcription`, also: NULL },
  ]),
  {
    path: 'RealtimeResponseCreateParams.properties.input.items',
    also: {
      type: 'object',
      properties: { type: { type: 'string', enum: ['item_reference'] }, id: { type: 'string' } },
      required: ['type', 'id'],
    },
  },
];

/**
 * `null`s that recorded server events carry although the published schema does not allow them.
 * With `nulls: 'schema'` the simulator leaves these fields out instead.
 */
export const SERVER_AMENDMENTS: readonly Amendment[] = [
  ...['RealtimeSessionCreateResponseGA', 'RealtimeTranscriptionSessionCreateResponseGA'].flatMap((name) => [
    { path: `${name}.properties.audio.properties.input.properties.noise_reduction`, also: NULL },
    { path: `${name}.properties.audio.properties.input.properties.transcription`, also: NULL },
    { path: `${name}.properties.include`, also: NULL },
  ]),
  { path: 'RealtimeResponse.properties.status_details', also: NULL },
  { path: 'RealtimeResponse.properties.usage', also: NULL },
  { path: 'RealtimeResponse.properties.conversation_id', also: NULL },
  { path: 'RealtimeConversationItemMessageUser.properties.content.items.properties.transcript', also: NULL },
];

import { MAX_PROVIDER_ID_LENGTH, type ItemId, type ResponseId } from '@tandem/contracts';
import { base64ByteLength } from '@tandem/conversation';

/** A piece of the agent's audio, in base64. */
export interface OpenAiAudioDelta {
  readonly type: 'response.output_audio.delta';
  readonly item_id: ItemId;
  readonly response_id: ResponseId;
  readonly delta: string;
  readonly byteLength: number;
}

/** Thirty seconds of G.711: more than any delta seen. */
const MAX_DELTA_BYTES = 240_000;

/** Reads the fields of an audio delta. Never throws. */
export function readAudio(
  message: Partial<Record<keyof OpenAiAudioDelta, unknown>>,
): OpenAiAudioDelta | 'malformed' {
  const { item_id, response_id, delta } = message;
  if (!isProviderId(item_id) || !isProviderId(response_id) || typeof delta !== 'string') return 'malformed';
  const byteLength = delta.length > MAX_DELTA_BYTES * 2 ? -1 : base64ByteLength(delta);
  if (byteLength < 0 || byteLength > MAX_DELTA_BYTES) return 'malformed';
  return {
    type: 'response.output_audio.delta',
    item_id: item_id as ItemId,
    response_id: response_id as ResponseId,
    delta,
    byteLength,
  };
}

/** Runs for each piece of audio, so without a schema. */
function isProviderId(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_PROVIDER_ID_LENGTH;
}

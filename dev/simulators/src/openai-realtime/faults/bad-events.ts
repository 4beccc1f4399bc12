import type { IdSource } from '../wire/ids.ts';
import type { BadEvent } from './fault-spec.ts';

/** Longer than any event of the real server, shorter than a client must be ready to refuse. */
const OVERSIZE_CHARACTERS = 8 * 1024 * 1024;

/** Returns the text of a wrong event; null for the one that is a binary frame. */
export function badEvent(what: BadEvent, ids: IdSource): string | null {
  const event_id = ids.take('event');
  const place = {
    event_id,
    response_id: ids.take('resp'),
    item_id: ids.take('item'),
    output_index: 0,
    content_index: 0,
  };
  switch (what) {
    case 'unknown-event':
      return JSON.stringify({ type: 'response.not_yet_invented', event_id, payload: { answer: 42 } });
    case 'unknown-field':
      return JSON.stringify({
        type: 'response.output_audio_transcript.delta',
        ...place,
        delta: '',
        obfuscation: 'x7Kq',
        not_yet_invented: { deep: [1] },
      });
    case 'missing-field':
      return JSON.stringify({ type: 'response.output_audio.delta', event_id });
    case 'wrong-type':
      return JSON.stringify({ type: 'response.output_audio.delta', ...place, delta: 42 });
    case 'malformed-json':
      return '{"type":"response.output_audio.delta","event_id":';
    case 'oversize':
      return JSON.stringify({
        type: 'response.output_text.delta',
        ...place,
        delta: 'x'.repeat(OVERSIZE_CHARACTERS),
      });
    case 'binary':
      return null;
  }
}

import { maskEvent, type CallEvent } from '@tandem/contracts';
import type { UtteranceRecord } from '@tandem/database';

type Spoken = Pick<UtteranceRecord, 'speaker' | 'itemId' | 'startedAtMs' | 'endedAtMs'>;

/**
 * Returns the events as they are kept with the call: the words as in its transcript, digits that were pressed
 * without their value, unheard words left to the transcript.
 */
export function foldEvents(
  events: readonly CallEvent[],
  utterances: readonly UtteranceRecord[],
): readonly CallEvent[] {
  const words = new Map(utterances.map((said) => [placeOf(said), said.text]));
  return events.map((event): CallEvent => {
    const { seq, epoch, at } = event;
    switch (event.type) {
      case 'caller.spoke': {
        const text = words.get(placeOf({ ...event.data, speaker: 'caller' })) ?? '';
        return { ...event, data: { ...event.data, text } };
      }
      case 'agent.spoke': {
        const { unheard: _unheard, ...data } = event.data;
        return { ...event, data: { ...data, text: words.get(placeOf({ ...data, speaker: 'agent' })) ?? '' } };
      }
      case 'digit.pressed':
        return { ...event, data: { ...event.data, digit: '' } };
      default:
        return { ...maskEvent(event), seq, epoch, at };
    }
  });
}

const placeOf = ({ speaker, itemId, startedAtMs, endedAtMs }: Spoken): string =>
  `${speaker} ${itemId} ${startedAtMs} ${endedAtMs}`;

import { maskUtterances } from '@tandem/contracts';
import type { UtteranceRecord } from '@tandem/database';
import type { EventOf } from './event-of.ts';

const NOT_THE_AGENT = { heardMs: null, generatedMs: null, interrupted: false, unheard: null };

/** Returns utterances in the order of speaking; transcripts arrive late, so the order of events differs. */
export function foldUtterances(
  caller: readonly EventOf<'caller.spoke'>[],
  agent: readonly EventOf<'agent.spoke'>[],
): UtteranceRecord[] {
  const written = new Set(caller.flatMap(({ data }) => (data.text === '' ? [] : [data.itemId])));
  const spoken: UtteranceRecord[] = [
    // An empty utterance stands for a lost transcript; it is dropped when the transcript came later.
    ...caller
      .filter(({ data }) => data.text !== '' || !written.has(data.itemId))
      .map(({ data }) => ({ ...data, speaker: 'caller' as const, ...NOT_THE_AGENT })),
    ...agent.map(({ data }) => ({ ...data, speaker: 'agent' as const, unheard: data.unheard ?? null })),
  ].map(({ speaker, itemId, text, startedAtMs, endedAtMs, heardMs, generatedMs, interrupted, unheard }) => ({
    speaker,
    itemId,
    text,
    startedAtMs,
    endedAtMs,
    heardMs,
    generatedMs,
    interrupted,
    unheard,
  }));
  return masked(spoken.sort((a, b) => a.startedAtMs - b.startedAtMs || a.endedAtMs - b.endedAtMs));
}

/** Masks card numbers, also those spoken over several utterances. */
function masked(spoken: readonly UtteranceRecord[]): UtteranceRecord[] {
  const texts = new Map<UtteranceRecord, string>();
  for (const party of ['caller', 'agent'] as const) {
    const said = spoken.filter(({ speaker }) => speaker === party);
    for (const [index, text] of maskUtterances(said.map(({ text }) => text)).entries())
      texts.set(said[index] as UtteranceRecord, text);
  }
  return spoken.map((utterance) => ({ ...utterance, text: texts.get(utterance) ?? utterance.text }));
}

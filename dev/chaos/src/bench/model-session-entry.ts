import type { SimulatedSession } from '@tandem/simulators';
import type { NewEntry, Spoken } from '../history/entries.ts';
import { textOf } from './listening-model.ts';

/** Returns what the model was given, heard and said in a session, as an entry of the history. */
export function modelSessionEntry(session: SimulatedSession, call: string | null): NewEntry {
  const seeded = session.seededItems.flatMap((wire): Spoken[] => {
    const text = textOf(wire);
    if (wire['type'] !== 'message' || text === '') return [];
    if (wire['role'] === 'user') return [{ speaker: 'caller', text }];
    return wire['role'] === 'assistant' ? [{ speaker: 'agent', text }] : [];
  });
  const own = session.items.slice(session.seededItems.length).filter(({ type }) => type === 'message');
  const wordsOf = (role: string) =>
    own
      .filter((wire) => wire['role'] === role)
      .map(textOf)
      .filter((text) => text !== '');
  return {
    kind: 'model-session',
    call,
    session: session.id,
    openedAt: Math.round(Date.now() - session.ageMs),
    seeded,
    heard: wordsOf('user'),
    said: wordsOf('assistant'),
    refusals: { ...session.mistakes },
  };
}

import { describe, expect, it } from '@jest/globals';
import type { HistoryItem } from '@tandem/conversation';
import { DISCLOSURE } from './dialogue/wording.ts';
import { GuidedScene } from './testing/guided-scene.ts';
import { QUESTION } from './testing/guided-talk.ts';

const GREETING = `Hello, this is Northwind. ${DISCLOSURE} ${QUESTION}`;

describe('a guided session, taken over in the middle', () => {
  it('goes on from the history without greeting again', async () => {
    const history: HistoryItem[] = [
      { kind: 'agent', text: GREETING },
      { kind: 'caller', text: 'A plumber on Wednesday, please.' },
    ];
    const scene = new GuidedScene({ history });
    await scene.passes(1);
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[2]).toBe('says: For Wednesday, March 4th: in the morning or in the afternoon?');
  });
});

import { describe, expect, it } from '@jest/globals';
import { SCRIPT_DISCLOSURE } from './dialogue/script-dialogue.ts';
import { GuidedScene } from './testing/guided-scene.ts';
import { ok, SLOT } from './testing/guided-talk.ts';

describe('a guided session without a recogniser', () => {
  it('goes through its script on silence alone, and says that it understands nothing', async () => {
    const scene = new GuidedScene({ isDeaf: true });
    await scene.passes(1);
    await scene.asks({ kind: 'reply' });
    expect(scene.session.model).toBe('script');
    expect(scene.look()[2]).toBe(`says: Hello, this is Northwind. ${SCRIPT_DISCLOSURE}`);
    await scene.passes(30_000);
    expect(scene.look()).toContain(
      'calls check_availability {"service":"plumbing","date":"2026-03-03","partOfDay":"any"}',
    );
    await scene.toolAnswers(ok({ slots: [{ start: SLOT }] }));
    await scene.passes(30_000);
    expect(scene.look()).toContain(`calls book_appointment {"service":"plumbing","start":"${SLOT}"}`);
    await scene.toolAnswers(ok({ reference: 'NW-7' }));
    await scene.passes(30_000);
    expect(scene.look()).toContain('calls end_call {"reason":"caller-done"}');
    await scene.passes(60_000);
    expect(scene.look().filter((event) => event.startsWith('says'))).toEqual([]);
  });

  it('goes on when it hears somebody, before the silence is over', async () => {
    const scene = new GuidedScene({ isDeaf: true });
    await scene.passes(1);
    await scene.asks({ kind: 'reply' });
    scene.look();
    await scene.speaks(400);
    await scene.passes(1);
    expect(scene.look()).toEqual([
      ...['caller started', 'caller stopped', 'response started', 'caller: (not understood)'],
      'calls check_availability {"service":"plumbing","date":"2026-03-03","partOfDay":"any"}',
      ...[
        'says: Let us say you need a plumber. I am looking for a free time tomorrow.',
        'item done',
        'response completed',
      ],
    ]);
  });

  it('books nothing for a caller who pressed 2', async () => {
    const scene = new GuidedScene({ isDeaf: true });
    await scene.passes(1);
    await scene.asks({ kind: 'reply' });
    await scene.speaks(400);
    await scene.passes(1);
    await scene.toolAnswers(ok({ slots: [{ start: SLOT }] }));
    scene.look();
    scene.session.addNote('The caller pressed on the keypad: 2');
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[1]).toBe(
      'says: All right, nothing is booked. This is the end of the demo. Thank you for calling. Goodbye.',
    );
    await scene.passes(60_000);
    expect(scene.toolCalls.map(({ name }) => name)).toEqual(['check_availability', 'end_call']);
  });
});

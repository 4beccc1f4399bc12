import { describe, expect, it } from '@jest/globals';
import { DISCLOSURE } from './dialogue/wording.ts';
import { FAKE_TOOLS, fakeTool, GuidedScene } from './testing/guided-scene.ts';
import { confirming, greeted, ok, QUESTION, SLOT } from './testing/guided-talk.ts';

const GREETING = `Hello, this is Northwind. ${DISCLOSURE} ${QUESTION}`;

describe('a guided session', () => {
  it('opens, greets, and holds a conversation in the order of the port', async () => {
    const scene = new GuidedScene();
    await scene.passes(1);
    expect(scene.look()).toEqual(['ready']);
    await scene.asks({
      kind: 'instruct',
      instruction: 'Greet the caller in one short sentence and ask how you can help.',
    });
    expect(scene.look()).toEqual([
      'response started',
      `says: ${GREETING}`,
      'item done',
      'response completed',
    ]);
    await scene.says('a plumber tomorrow morning please');
    expect(scene.look()).toEqual([
      'caller started',
      'caller stopped',
      'response started',
      'caller: a plumber tomorrow morning please',
      'calls check_availability {"service":"plumbing","date":"2026-03-03","partOfDay":"morning"}',
      'says: One moment, I am looking at tomorrow, Tuesday, March 3rd in the morning.',
      'item done',
      'response completed',
    ]);
    await scene.toolAnswers(ok({ slots: [{ start: SLOT, end: '', resource: 'Ann' }] }));
    await scene.says('yes');
    await scene.says('yes please');
    expect(scene.look().filter((event) => /^(says|calls|caller:)/.test(event))).toEqual([
      'says: For tomorrow, Tuesday, March 3rd I have one time: nine in the morning. Shall I take it?',
      'caller: yes',
      'says: So that is plumbing, tomorrow, Tuesday, March 3rd, at nine in the morning. Shall I book it?',
      'caller: yes please',
      `calls book_appointment {"service":"plumbing","start":"${SLOT}"}`,
      'says: One moment, I am booking it.',
    ]);
    await scene.toolAnswers(ok({ reference: 'NW-7' }));
    await scene.says("no that's all");
    expect(scene.look().slice(-5)).toEqual([
      "caller: no that's all",
      'says: Thank you for calling. Goodbye.',
      'calls end_call {"reason":"caller-done"}',
      'item done',
      'response completed',
    ]);
    expect(scene.reentrant).toBe(0);
    expect(new Set(scene.ids).size).toBe(scene.ids.length);
  });

  it('reads words that the caller wrote as if they had been spoken', async () => {
    const scene = new GuidedScene();
    await scene.passes(1);
    await scene.asks({ kind: 'reply' });
    scene.look();
    scene.session.addCallerText('A plumber, tomorrow morning please!');
    await scene.asks({ kind: 'reply' });
    expect(scene.look()).toContain(
      'calls check_availability {"service":"plumbing","date":"2026-03-03","partOfDay":"morning"}',
    );
  });

  it('speaks the words it is given exactly, and says what it is with the next of its own', async () => {
    const scene = new GuidedScene();
    await scene.passes(1);
    await scene.asks({ kind: 'say', text: 'Good morning, Northwind.' });
    expect(scene.look().slice(1)).toEqual([
      'response started',
      'says: Good morning, Northwind.',
      'item done',
      'response completed',
    ]);
    await scene.says('boiler');
    expect(scene.look().at(-3)).toBe(`says: ${DISCLOSURE} A visit for heating. Which day suits you?`);
  });

  it('asks who is calling behind a greeting that is not its own', async () => {
    const scene = new GuidedScene({ tools: [...FAKE_TOOLS, fakeTool('lookup_customer')] });
    await scene.passes(1);
    await scene.asks({ kind: 'say', text: 'Good morning.' });
    expect(scene.look().slice(1)).toEqual([
      'response started',
      'calls lookup_customer {}',
      'says: Good morning.',
      'item done',
      'response completed',
    ]);
    await scene.toolAnswers(ok({ known: true, name: 'Anna Berg' }));
    expect(scene.look()[1]).toBe(`says: ${DISCLOSURE} Welcome back, Anna. ${QUESTION}`);
  });

  it('stops by itself when the caller speaks, and answers by itself when they stop', async () => {
    const scene = new GuidedScene();
    await scene.passes(1);
    scene.synthesiser.heldBack = 'all';
    await scene.asks({ kind: 'reply' });
    scene.look();
    await scene.speaks(400, 0);
    expect(scene.look()).toEqual(['caller started', 'response cancelled']);
    scene.synthesiser.release();
    scene.recogniser.planned.push('plumbing');
    await scene.speaks(0);
    await scene.passes(1);
    const words = `says: ${DISCLOSURE} A visit for plumbing. Which day suits you?`;
    expect(scene.look()).toEqual([
      'caller stopped',
      'response started',
      'caller: plumbing',
      words,
      'item done',
      'response completed',
    ]);
  });

  it('only reports speech when the session above owns the turns', async () => {
    const scene = await greeted({ turnOwner: 'session' });
    scene.synthesiser.heldBack = 'all';
    await scene.asks({ kind: 'say', text: 'One.' });
    await scene.says('plumbing');
    expect(scene.look()).toEqual([
      'response started',
      'caller started',
      'caller stopped',
      'caller: plumbing',
    ]);
    await scene.asks({ kind: 'reply' });
    expect(scene.look()).toEqual([]);
    scene.synthesiser.release();
    await scene.passes(1);
    expect(scene.look()).toEqual([
      ...['says: One.', 'item done', 'response completed'],
      ...[
        'response started',
        'says: A visit for plumbing. Which day suits you?',
        'item done',
        'response completed',
      ],
    ]);
  });

  it('cancels what runs and forgets what waits', async () => {
    const scene = await greeted();
    scene.synthesiser.heldBack = 'all';
    await scene.asks({ kind: 'say', text: 'One. Two.' });
    await scene.asks({ kind: 'say', text: 'Three.' });
    scene.calling(() => scene.session.cancelResponse());
    scene.calling(() => scene.session.cancelResponse());
    scene.synthesiser.release();
    await scene.passes(1);
    expect(scene.look()).toEqual(['response started', 'response cancelled']);
  });

  it('ends the item of a response that is cancelled between its sentences', async () => {
    const scene = await greeted();
    scene.synthesiser.heldBack = 'Second.';
    await scene.asks({ kind: 'say', text: 'First. Second.' });
    scene.calling(() => scene.session.cancelResponse());
    await scene.passes(1);
    expect(scene.look()).toEqual(['response started', 'says: First.', 'item done', 'response cancelled']);
  });

  it('puts utterances of one turn together', async () => {
    const scene = await greeted({ turnOwner: 'session' });
    await scene.says('plumbing');
    await scene.says('tomorrow');
    scene.look();
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[1]).toBe(
      'says: For tomorrow, Tuesday, March 3rd: in the morning or in the afternoon?',
    );
  });
});

describe('a guided session, and what was heard of it', () => {
  it('books on a yes to the whole question', async () => {
    const scene = await confirming();
    await scene.says('yes');
    expect(scene.look()).toContain(`calls book_appointment {"service":"plumbing","start":"${SLOT}"}`);
  });

  it('books nothing on a yes to a question that was cut off before its point', async () => {
    const scene = await confirming();
    scene.recogniser.planned.push('yes');
    await scene.speaks(400, 0);
    scene.calling(() => scene.session.truncate(scene.lastItem!, 1_000));
    await scene.speaks(0);
    await scene.passes(1);
    const events = scene.look();
    expect(events.filter((event) => event.startsWith('calls'))).toEqual([]);
    expect(events.find((event) => event.startsWith('says'))).toMatch(
      /^says: To be sure, once more\. So that is plumbing/,
    );
    await scene.says('yes');
    expect(scene.look()).toContain(`calls book_appointment {"service":"plumbing","start":"${SLOT}"}`);
  });

  it('says its question again after a noise that cut it off', async () => {
    const scene = await greeted();
    await scene.speaks(400, 0);
    scene.calling(() => scene.session.truncate(scene.lastItem!, 500));
    await scene.speaks(0);
    await scene.passes(1);
    expect(scene.look()).toEqual([
      'caller started',
      'caller stopped',
      'response started',
      'caller: (not understood)',
      `says: ${DISCLOSURE} ${QUESTION}`,
      'item done',
      'response completed',
    ]);
  });

  it('says that it did not understand when nothing was cut off', async () => {
    const scene = await greeted();
    await scene.passes(60_000);
    await scene.speaks(400);
    await scene.passes(1);
    expect(scene.look()).toContain(`says: Sorry, I did not catch that. ${QUESTION}`);
  });
});

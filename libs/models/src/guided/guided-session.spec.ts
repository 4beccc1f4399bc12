import { describe, expect, it } from '@jest/globals';
import { describeOutcome, PCM16_16K, ProviderError, type ToolOutcome } from '@tandem/contracts';
import type { HistoryItem } from '@tandem/conversation';
import { DISCLOSURE } from './dialogue/wording.ts';
import { SCRIPT_DISCLOSURE } from './dialogue/script-dialogue.ts';
import { FAKE_TOOLS, fakeTool, GuidedScene, type SceneOptions } from './testing/guided-scene.ts';

const QUESTION = 'I can book plumbing, heating or electrical work. Which do you need?';
const GREETING = `Hello, this is Northwind. ${DISCLOSURE} ${QUESTION}`;
const SLOT = '2026-03-03T09:00:00.000-05:00';

const ok = (value: Extract<ToolOutcome, { status: 'ok' }>['value']): object =>
  JSON.parse(describeOutcome({ status: 'ok', value })) as object;

async function greeted(options?: SceneOptions): Promise<GuidedScene> {
  const scene = new GuidedScene(options);
  await scene.passes(1);
  await scene.asks({ kind: 'reply' });
  scene.look();
  return scene;
}

/** As far as the question whether to book. */
async function confirming(options?: SceneOptions): Promise<GuidedScene> {
  const scene = await greeted(options);
  await scene.says('plumbing tomorrow morning');
  await scene.toolAnswers(ok({ slots: [{ start: SLOT, resource: 'Ann' }] }));
  await scene.says('yes');
  scene.look();
  return scene;
}

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

describe('a guided session and its tools', () => {
  it('takes a result together with what the caller said meanwhile', async () => {
    const scene = await greeted();
    await scene.says('plumbing tomorrow morning');
    scene.look();
    scene.calling(() =>
      scene.session.sendToolResult(
        scene.toolCalls[0]!.providerCallId,
        JSON.stringify(ok({ slots: [{ start: SLOT }] })),
      ),
    );
    await scene.speaks(400);
    await scene.passes(1);
    const said = scene.look().filter((event) => event.startsWith('says'));
    expect(said).toEqual([
      'says: For tomorrow, Tuesday, March 3rd I have one time: nine in the morning. Shall I take it?',
    ]);
  });

  it('answers an empty wish for words with an empty response', async () => {
    const scene = await greeted();
    await scene.asks({ kind: 'reply' });
    expect(scene.look()).toEqual(['response started', 'response completed']);
  });

  it('takes no tool whose arguments it does not know, says so above, and is honest below', async () => {
    const strict = FAKE_TOOLS.map((tool) =>
      tool.name === 'check_availability'
        ? { ...tool, parse: () => ({ ok: false as const, problem: 'needs a postcode' }) }
        : tool,
    );
    const scene = await greeted({ tools: strict });
    await scene.says('plumbing tomorrow morning');
    const events = scene.look();
    expect(scene.faults.map(({ code }) => code)).toEqual(['tool-arguments']);
    expect(events).toContain(
      'says: I could not read the calendar just now. Nothing is booked. Shall I try once more?',
    );
    expect(events.filter((event) => event.startsWith('calls'))).toEqual([]);
  });

  it('gives a closed list only what is on it', async () => {
    const listed = FAKE_TOOLS.map((tool) =>
      tool.name === 'end_call' ? fakeTool('end_call', { reason: { enum: ['done'] } }) : tool,
    );
    const scene = await greeted({ tools: listed });
    await scene.says('goodbye');
    expect(scene.look()).toContain('calls end_call {"reason":"done"}');
  });

  it('does not mind results nobody asked for, nor nonsense', async () => {
    const scene = await greeted();
    scene.calling(() => scene.session.sendToolResult('nobody', '{}'));
    await scene.says('plumbing tomorrow morning');
    scene.look();
    scene.calling(() => scene.session.sendToolResult(scene.toolCalls[0]!.providerCallId, 'not JSON'));
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[1]).toMatch(/^says: I could not read the calendar/);
  });

  it('takes keys for answers', async () => {
    const scene = await greeted();
    scene.calling(() => scene.session.addNote('The caller pressed on the keypad: 2#'));
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[1]).toBe('says: A visit for heating. Which day suits you?');
    scene.calling(() => scene.session.addNote('An operator says: be quick, 3 calls wait.'));
    await scene.asks({ kind: 'reply' });
    expect(scene.look()).toEqual(['response started', 'response completed']);
  });

  it('uses the tools of now', async () => {
    const scene = await greeted({ tools: [] });
    scene.calling(() => scene.session.change({ tools: FAKE_TOOLS }));
    await scene.says('plumbing tomorrow morning');
    expect(scene.toolCalls[0]?.name).toBe('check_availability');
  });
});

describe('a guided session in trouble', () => {
  it('reports a failed recognition and goes on as not understood', async () => {
    const scene = await greeted();
    scene.recogniser.planned.push(
      new ProviderError('no', { provider: 'guided', code: 'recognition-timed-out', category: 'server' }),
    );
    await scene.passes(60_000);
    await scene.speaks(400);
    await scene.passes(1);
    expect(scene.look()).toEqual([
      'caller started',
      'caller stopped',
      'response started',
      'fault recognition-timed-out',
      'caller: (not understood)',
      `says: Sorry, I did not catch that. ${QUESTION}`,
      'item done',
      'response completed',
    ]);
  });

  it('reports a response that cannot be spoken, and says it when asked again', async () => {
    const scene = await greeted();
    scene.synthesiser.fault = new ProviderError('no', {
      provider: 'guided',
      code: 'speech-failed',
      category: 'server',
    });
    await scene.says('plumbing');
    expect(scene.look().slice(-3)).toEqual(['caller: plumbing', 'fault speech-failed', 'response failed']);
    scene.synthesiser.fault = null;
    await scene.asks({ kind: 'reply' });
    expect(scene.look()[1]).toBe('says: A visit for plumbing. Which day suits you?');
  });

  it.each([
    [{ inputFormat: PCM16_16K }, 'format-unsupported'],
    [{ timeZone: 'Atlantis/Lost' }, 'time-zone-unknown'],
    [{ openDetector: () => Promise.reject(new RangeError('no memory')) }, 'internal'],
  ])('does not open with %j', async (options, code) => {
    const scene = new GuidedScene(options);
    await scene.passes(10);
    await scene.asks({ kind: 'reply' });
    scene.session.close();
    await scene.passes(10);
    expect(scene.look()).toEqual([`closed ${code}`]);
  });

  it('says that it only speaks English', async () => {
    const scene = new GuidedScene({ language: 'de-DE' });
    await scene.passes(1);
    expect(scene.look()).toEqual(['ready', 'fault language-unsupported']);
  });

  it('takes a line that stops for the end of what was being said', async () => {
    const scene = await greeted();
    scene.recogniser.planned.push('plumbing');
    await scene.speaks(400, 0);
    await scene.passes(2_100);
    expect(scene.look()).toContain('says: A visit for plumbing. Which day suits you?');
  });

  it('still reports the last words when the line is closed, without answering them', async () => {
    const scene = await greeted();
    scene.recogniser.planned.push('goodbye');
    await scene.speaks(400, 0);
    scene.calling(() => scene.session.finishInput());
    await scene.passes(10);
    expect(scene.look()).toEqual(['caller started', 'caller stopped', 'caller: goodbye']);
  });

  it('tells nothing after it is closed, and leaves nothing behind', async () => {
    const scene = await greeted();
    await scene.speaks(400, 0);
    scene.look();
    scene.session.respond({ kind: 'say', text: 'Too late.' });
    scene.session.close();
    scene.session.close();
    await scene.speaks(800);
    await scene.asks({ kind: 'reply' });
    scene.session.truncate(scene.lastItem!, 10);
    scene.session.addNote('The caller pressed: 1');
    scene.session.change({ language: 'en-GB' });
    await scene.passes(10_000);
    expect(scene.look()).toEqual(['closed']);
    expect(scene.detector.isFreed).toBe(true);
    expect(scene.clock.pendingTimers).toBe(0);
  });

  it('gives up the detector when it is closed before it has one', async () => {
    const scene = new GuidedScene();
    scene.session.close();
    await scene.passes(10);
    expect(scene.look()).toEqual(['closed']);
    expect(scene.detector.isFreed).toBe(true);
  });
});

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

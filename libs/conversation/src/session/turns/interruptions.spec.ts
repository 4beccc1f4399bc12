import { describe, expect, it } from '@jest/globals';
import { startCall, type CallScene } from '../../testing/index.ts';

const LONG = 'We have an opening on Tuesday at nine and another one at eleven in the morning';

async function speaking(interruption: object): Promise<CallScene> {
  const call = startCall({ agent: { interruption, greeting: '', idle: { afterMs: 0 } } });
  await call.passes(1);
  call.model.says(LONG, { durationMs: 5_000 });
  await call.passes(1_000);
  return call;
}
const replies = (call: CallScene) => call.model.asked.filter((asked) => asked === 'reply').length;

describe('an interruption after some time', () => {
  it('lets the agent go on through a short sound, and does not answer it', async () => {
    const call = await speaking({ start: { kind: 'after-ms', ms: 400 }, ignoresBackchannels: true });
    expect(call.model.setup.turnOwner).toBe('session');
    const item = call.model.hearsCallerStart();
    await call.callerSounds(300);
    await call.passes(500); // the silence by which the model notices the end
    call.model.understands(call.model.hearsCallerStop(), 'mhm');
    await call.passes(5_000);
    expect(call.stream.clears).toEqual([]);
    expect(replies(call)).toBe(0);
    expect(call.log.of('agent.spoke')[0]).toMatchObject({ interrupted: false, text: LONG });
    expect(call.log.of('caller.spoke')[0]).toMatchObject({ itemId: item, text: 'mhm' });
  });

  it('silences the agent when the caller goes on, and answers what they said', async () => {
    const call = await speaking({ start: { kind: 'after-ms', ms: 400 } });
    const startedAt = call.clock.now();
    call.model.hearsCallerStart();
    await call.callerSounds(380);
    expect(call.stream.clears).toEqual([]);
    await call.callerSounds(20);
    expect(call.stream.clears).toEqual([startedAt + 380]);
    await call.callerSounds(600);
    const item = call.model.hearsCallerStop();
    expect(replies(call)).toBe(1);
    call.model.understands(item, 'Do you have something later?');
    await call.passes(100);
    expect(replies(call)).toBe(1);
  });
});

describe('an interruption after some words', () => {
  it('counts the words as they come', async () => {
    const call = await speaking({ start: { kind: 'after-words', words: 2 } });
    const item = call.model.hearsCallerStart();
    await call.passes(500);
    call.model.understands(item, 'no', false);
    expect(call.stream.clears).toEqual([]);
    call.model.understands(item, 'no not', false);
    expect(call.stream.clears).toHaveLength(1);
  });

  it('that were too few is answered once the agent has finished', async () => {
    const call = await speaking({ start: { kind: 'after-words', words: 5 } });
    call.model.hearsCallerStart();
    await call.passes(500);
    call.model.understands(call.model.hearsCallerStop(), 'On Friday');
    await call.passes(100);
    expect([call.stream.clears.length, replies(call)]).toEqual([0, 0]);
    await call.passes(4_000);
    expect([call.stream.clears.length, replies(call)]).toEqual([0, 1]);
  });

  it('still answers when the words never come', async () => {
    const call = await speaking({ start: { kind: 'after-words', words: 1 } });
    call.model.hearsCallerStart();
    await call.passes(500);
    call.model.hearsCallerStop();
    await call.passes(10_000);
    expect(call.stream.clears).toEqual([]);
    expect(call.log.of('agent.spoke')).toHaveLength(1);
  });
});

describe('a false start', () => {
  const settings = { ignoresBackchannels: true, afterFalseStart: 'resume' };

  it('that cut the agent off lets it go on where it was', async () => {
    const call = await speaking(settings);
    call.model.hearsCallerStart();
    await call.callerSounds(1_000);
    expect(call.stream.clears).toHaveLength(1);
    const item = call.model.hearsCallerStop();
    await call.passes(300);
    expect(replies(call)).toBe(0);
    call.model.understands(item, '');
    expect(call.model.asked.at(-1)).toContain('Go on exactly where you were cut off');
  });

  it('that was a turn after all is answered', async () => {
    const call = await speaking(settings);
    call.model.hearsCallerStart();
    await call.callerSounds(1_000);
    call.model.understands(call.model.hearsCallerStop(), 'Wait, I meant Wednesday.');
    expect(replies(call)).toBe(1);
  });

  it('is dropped by an agent set to drop what was cut', async () => {
    const call = await speaking({ ignoresBackchannels: true, afterFalseStart: 'drop' });
    call.model.hearsCallerStart();
    await call.callerSounds(1_000);
    call.model.understands(call.model.hearsCallerStop(), '');
    await call.passes(1_500);
    expect(call.model.asked.join()).not.toContain('Go on exactly');
  });
});

describe('a legal notice in the greeting', () => {
  it('is heard to its end whatever the caller says; their words are answered after it', async () => {
    const call = startCall({
      agent: { interruption: { protectsGreeting: true }, greeting: 'This call is recorded. How can I help?' },
    });
    await call.passes(1);
    call.model.says('This call is recorded. How can I help?', { durationMs: 3_000 });
    await call.passes(500);
    call.model.hearsCallerStart();
    await call.passes(1_000);
    call.model.understands(call.model.hearsCallerStop(), 'I need a plumber.');
    await call.passes(200);
    expect(call.stream.clears).toEqual([]);
    await call.passes(2_000);
    expect(call.log.of('agent.spoke')[0]).toMatchObject({ interrupted: false });
    expect(replies(call)).toBe(1);
    call.model.says(LONG, { durationMs: 5_000 });
    await call.passes(500);
    call.model.hearsCallerStart();
    expect(call.stream.clears).toHaveLength(1);
  });

  it('outlasts a caller who does not stop interrupting', async () => {
    const call = startCall({
      agent: { interruption: { protectsGreeting: true, start: { kind: 'after-words', words: 1 } } },
    });
    await call.passes(1);
    call.model.says('This call is recorded. How can I help?', { durationMs: 3_000 });
    for (let times = 0; times < 20; times += 1) {
      const utterance = call.model.hearsCallerStart();
      call.model.understands(utterance, 'Stop. Stop talking now.', false);
      await call.passes(100);
      call.model.understands(call.model.hearsCallerStop(), 'Stop. Stop talking now.');
    }
    call.stream.press('0');
    expect(call.stream.clears).toEqual([]);
    await call.passes(1_200);
    expect(call.log.of('agent.spoke')[0]).toMatchObject({
      text: 'This call is recorded. How can I help?',
      interrupted: false,
    });
    await call.passes(3_000);
    expect(replies(call)).toBeLessThanOrEqual(2);
  });

  it.each([
    ['the time is up', () => undefined],
    ['an operator ends the call', (call: CallScene) => call.session.sayGoodbye()],
  ])('is heard to its end also when %s; the goodbye comes after it', async (_what, happens) => {
    const call = startCall({ agent: { interruption: { protectsGreeting: true }, maxDurationMs: 10_000 } });
    await call.passes(1);
    call.model.says('This call is recorded.', { durationMs: 12_000 });
    await call.passes(500);
    happens(call);
    await call.passes(10_000);
    expect(call.stream.clears).toEqual([]);
    expect(call.model.asked.at(-1)).toMatch(/our time is up|short goodbye/);
    call.model.says('Goodbye.', { durationMs: 500 });
    await call.passes(2_000);
    expect(call.log.transcript()).toEqual(['agent: This call is recorded.', 'agent: Goodbye.']);
    expect(call.termination).not.toBeNull();
  });
});

describe('a caller who never gets the floor', () => {
  it('is answered when the agent is done', async () => {
    const call = await speaking({ start: { kind: 'never' } });
    call.model.hearsCallerStart();
    await call.passes(2_000);
    call.model.understands(call.model.hearsCallerStop(), 'Stop, please, listen.');
    expect(call.stream.clears).toEqual([]);
    await call.passes(3_000);
    expect(replies(call)).toBe(1);
  });
});

describe('a caller who goes on after a pause', () => {
  it('is not talked over by the answer to the first half', async () => {
    const call = startCall({
      agent: { interruption: { start: { kind: 'after-ms', ms: 300 } }, greeting: '', idle: { afterMs: 0 } },
    });
    await call.agentSays('Hello.');
    call.model.hearsCallerStart();
    await call.passes(800);
    call.model.hearsCallerStop();
    expect(replies(call)).toBe(1);
    await call.passes(100);
    call.model.hearsCallerStart();
    expect(call.model.asked.at(-1)).toBe('cancel');
    await call.passes(800);
    call.model.understands(call.model.hearsCallerStop(), 'my sink leaks');
    expect(replies(call)).toBe(2);
  });
});

describe('the end of what is cut', () => {
  it('fades where the agent wants it and the stream can', async () => {
    const call = await speaking({ fadeMs: 80 });
    call.model.hearsCallerStart();
    expect(call.stream.fades).toEqual([80]);
  });
});

describe('words that are not known', () => {
  const settings = [
    { start: { kind: 'after-words', words: 2 } },
    { ignoresBackchannels: true },
    { start: { kind: 'after-ms', ms: 900 } },
    { start: { kind: 'never' } },
  ];

  it.each(settings)(
    'count as words (%j): the caller is answered when the sentence is over',
    async (interruption) => {
      for (const isTold of [true, false]) {
        const call = await speaking(interruption);
        call.model.hearsCallerStart();
        await call.callerSounds(700);
        const item = call.model.hearsCallerStop();
        if (isTold) call.model.understands(item, null);
        await call.passes(200);
        expect([call.stream.clears.length, replies(call)]).toEqual([0, 0]);
        await call.passes(3_500);
        expect([call.stream.clears.length, replies(call)]).toEqual([0, 1]);
      }
    },
  );

  it('are no false start: the agent does not resume', async () => {
    const call = await speaking({ afterFalseStart: 'resume' });
    call.model.hearsCallerStart();
    await call.callerSounds(700);
    call.model.understands(call.model.hearsCallerStop(), null);
    await call.passes(2_000);
    expect(call.model.asked.join()).not.toContain('Go on exactly');
    expect(replies(call)).toBe(1);
  });

  it('that arrive empty after the wait are not answered twice', async () => {
    const call = await speaking({ start: { kind: 'after-words', words: 2 } });
    call.model.hearsCallerStart();
    await call.callerSounds(700);
    const item = call.model.hearsCallerStop();
    await call.passes(1_500);
    call.model.understands(item, '');
    await call.passes(4_000);
    expect(replies(call)).toBe(0);
  });
});

describe('a sound of listening', () => {
  async function answering(said: string, atMs: number, text: string): Promise<CallScene> {
    const call = startCall({
      agent: { interruption: { ignoresBackchannels: true }, greeting: '', idle: { afterMs: 0 } },
    });
    await call.passes(1);
    call.model.says(text, { durationMs: 3_000 });
    await call.passes(atMs);
    call.model.hearsCallerStart();
    await call.callerSounds(300);
    const item = call.model.hearsCallerStop();
    await call.passes(80);
    call.model.understands(item, said);
    return call;
  }

  it.each([
    ['into the end of a question', 'Yes.', 2_400, 'Shall I book that? It takes about an hour.', 1],
    [
      'into the question itself',
      'Okay.',
      600,
      'Shall I book Tuesday at nine for you? It takes about an hour.',
      1,
    ],
    [
      'before the question',
      'Mhm.',
      300,
      'We have Tuesday at nine or at eleven. Shall I book one of these two?',
      0,
    ],
    [
      'into a statement',
      'Mhm.',
      1_500,
      'We have Tuesday at nine. It takes about an hour and costs nothing.',
      0,
    ],
    ['without words', '', 2_400, 'Shall I book that? It takes about an hour.', 0],
  ])('%s does not cut the agent off (“%s”)', async (_what, said, atMs, text, answers) => {
    const call = await answering(said, atMs, text);
    expect([call.stream.clears.length, replies(call)]).toEqual([0, 0]);
    await call.passes(3_500);
    expect([call.stream.clears.length, replies(call)]).toEqual([0, answers]);
  });

  it('is covered by the answer to what the caller says next', async () => {
    const call = await answering('Yes.', 1_800, 'Shall I book that? It takes about an hour.');
    call.model.hearsCallerStart();
    await call.callerSounds(1_000);
    call.model.understands(call.model.hearsCallerStop(), 'Yes, please book it.');
    await call.passes(50);
    expect(replies(call)).toBe(1);
    await call.agentSays('It is booked.');
    await call.passes(1_000);
    expect(replies(call)).toBe(1);
  });
});

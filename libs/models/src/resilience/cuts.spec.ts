import { describe, expect, it } from '@jest/globals';
import { defineTool } from '@tandem/contracts';
import { z } from 'zod';
import { providerError, ResilientScene } from './testing/resilient-scene.ts';

const cut = providerError('connectivity', 'close-1006');
const { seedOf } = ResilientScene;
const book = defineTool({
  name: 'book',
  description: 'Books.',
  place: 'worker',
  arguments: z.strictObject({ day: z.string() }),
  cancellable: false,
  deadlineMs: 8_000,
});

describe('a session that takes its time to open', () => {
  it('hears the caller’s words from before it was ready, once, and only then the first request', async () => {
    const call = new ResilientScene({ isModelSlow: true });
    for (let spokenMs = 0; spokenMs < 900; spokenMs += 20) {
      call.stream.say(Buffer.alloc(160, 0x10));
      await call.passes(20);
    }
    call.model.ready();
    await call.passes(1);
    expect(call.model.audioMs).toBe(900);
    expect(call.model.asked).toEqual(['say: Good morning, Northwind.']);
    await call.callerSpeaksFor(100);
    expect(call.model.audioMs).toBe(1_000);
  });
});

describe('a socket that is cut', () => {
  it('in the middle of a response: another session that has the history says the rest', async () => {
    const call = new ResilientScene();
    await call.greeted();
    await call.callerSays('When can you come?');
    const [old] = call.first.sessions;
    old!.begins('We can come on Tuesday', { durationMs: 1_100 });
    await call.passes(500);
    old!.gone(cut);
    await call.passes(1);
    expect(call.opened).toEqual(['first-1', 'first-2']);
    expect(call.moves).toEqual(['cut to first-2 after 0 ms']);
    expect(seedOf(call.model)).toEqual([
      'agent: Good morning.',
      'caller: When can you come?',
      'agent: We can come on Tuesday',
    ]);
    expect(call.model.notes).toHaveLength(1);
    expect(call.model.notes[0]).toContain('Go on exactly there');
    expect(call.model.asked).toEqual(['reply']);
    await call.passes(600);
    await call.agentSays('at nine or at eleven.');
    expect(call.log.transcript().slice(-2)).toEqual([
      'agent: We can come on Tuesday',
      'agent: at nine or at eleven.',
    ]);
    expect(
      call.log
        .of('agent.spoke')
        .every(({ interrupted, heardMs, generatedMs }) => !interrupted && heardMs === generatedMs),
    ).toBe(true);
  });

  it('before a word of the greeting was heard: the next session says it', async () => {
    const call = new ResilientScene();
    await call.passes(1);
    call.model.startResponse();
    call.model.gone(cut);
    await call.passes(1);
    expect(call.model.model).toBe('first-2');
    expect(call.model.asked).toEqual(['say: Good morning, Northwind.']);
  });

  it('while the caller waits for a reply: the turn is answered, once', async () => {
    const call = new ResilientScene();
    await call.greeted();
    await call.callerSays('I need a plumber.');
    call.model.gone(cut);
    await call.passes(1);
    expect(seedOf(call.model)).toEqual(['agent: Good morning.', 'caller: I need a plumber.']);
    expect(call.model.asked).toEqual(['reply']);
    expect(call.model.heard.length).toBeLessThanOrEqual(30);
  });

  it('while the line is quiet: the caller hears nothing of it', async () => {
    const call = new ResilientScene();
    await call.greeted();
    call.model.gone(cut);
    await call.passes(1);
    expect(call.model.asked).toEqual([]);
    expect(call.moves).toEqual(['cut to first-2 after 0 ms']);
  });

  it('while the caller speaks: their speech is replayed, and is one utterance on record', async () => {
    const call = new ResilientScene();
    await call.greeted();
    await call.callerSpeaksFor(400);
    call.model.hearsCallerStart();
    await call.callerSpeaksFor(1_000);
    call.first.isReadyAtOnce = false;
    call.model.gone(cut);
    await call.callerSpeaksFor(300);
    call.model.ready();
    await call.passes(1);
    expect(call.model.heard).toHaveLength((400 + 1_000 + 300) / 20);
    call.model.hearsCallerStart();
    await call.callerSpeaksFor(500);
    const item = call.model.hearsCallerStop();
    call.model.understands(item, 'My boiler has broken down');
    await call.passes(1);
    expect(call.log.of('caller.spoke')).toHaveLength(1);
    expect(call.log.of('caller.spoke')[0]).toMatchObject({ text: 'My boiler has broken down' });
    expect(call.log.of('caller.spoke')[0]!.endedAtMs - call.log.of('caller.spoke')[0]!.startedAtMs).toBe(
      1_000 + 300 + 1 + 500,
    );
    expect(call.model.asked).toEqual([]); // The model's own turn detection starts the response.
  });

  it('after the caller’s turn, before its words: it is replayed, and the model replies', async () => {
    const call = new ResilientScene();
    await call.greeted();
    call.model.hearsCallerStart();
    await call.callerSpeaksFor(600);
    call.model.hearsCallerStop();
    call.model.gone(cut);
    await call.passes(1);
    call.model.hearsCallerStart();
    const item = call.model.hearsCallerStop();
    call.model.understands(item, 'Tomorrow, please.');
    await call.passes(2_000);
    expect(call.model.asked).toEqual([]);
    await call.agentSays('Tomorrow it is.');
    expect(call.log.transcript()).toEqual([
      'agent: Good morning.',
      'caller: Tomorrow, please.',
      'agent: Tomorrow it is.',
    ]);
  });

  it('after a turn that the next session does not notice: the caller gets a reply all the same', async () => {
    const call = new ResilientScene();
    await call.greeted();
    call.model.hearsCallerStart();
    await call.callerSpeaksFor(600);
    call.model.hearsCallerStop();
    call.model.gone(cut);
    await call.passes(1_600);
    expect(call.model.asked).toEqual(['reply']);
  });

  it('after an interruption: the response the caller cut off is not continued', async () => {
    const call = new ResilientScene();
    await call.passes(1);
    call.first.sessions[0]!.begins('Good morning, this is Northwind, we are here', { durationMs: 4_000 });
    await call.passes(1_000);
    call.first.sessions[0]!.hearsCallerStart();
    call.first.isReadyAtOnce = false;
    call.first.sessions[0]!.gone(cut);
    await call.passes(1);
    call.model.ready();
    await call.passes(1);
    expect(call.model.notes).toEqual([]);
    expect(call.model.asked).toEqual([]);
  });

  it('keeps earlier changes, and requests made while no session is open', async () => {
    const call = new ResilientScene();
    await call.greeted();
    call.session.change({ instructions: 'Be brief.', speed: 1.2 });
    call.first.isReadyAtOnce = false;
    call.model.gone(cut);
    await call.passes(1);
    for (const digit of '47#') call.stream.press(digit);
    call.session.change({ speed: 0.9 });
    await call.passes(50);
    call.model.ready();
    await call.passes(1);
    expect(call.model.setup).toMatchObject({ speed: 1.2 });
    expect(call.model.setup.instructions).toContain('Be brief.');
    expect(call.model.changes).toEqual([{ speed: 0.9 }]);
    expect(call.model.notes.join()).toContain('47');
    expect(call.model.asked).toEqual(['reply']);
    expect(call.moves).toEqual(['cut to first-2 after 51 ms']);
  });

  it('ends quietly when the caller hangs up before the next session opens', async () => {
    const call = new ResilientScene();
    await call.greeted();
    call.first.isReadyAtOnce = false;
    call.model.gone(cut);
    await call.passes(1);
    call.stream.leave('caller-hangup');
    await call.passes(10_000);
    expect(call.termination?.reason).toBe('caller-hangup');
    expect(call.model.isClosed).toBe(true);
    expect(call.clock.pendingTimers).toBe(0);
  });
});

describe('a tool call across a cut', () => {
  const callingBook = async () => {
    const call = new ResilientScene({ tools: [book] });
    await call.greeted();
    await call.callerSays('Book Tuesday.');
    const old = call.model;
    old.startResponse();
    const callId = old.callsTool({ name: 'book', arguments: { day: 'tuesday' } });
    return { call, old, callId };
  };

  it('has its effect once, and its result reaches the session of then', async () => {
    const { call, old, callId } = await callingBook();
    old.finish('completed');
    old.gone(cut);
    await call.passes(1);
    expect(seedOf(call.model).at(-1)).toBe(`tool-call ${callId}`);
    expect(call.model.asked).toEqual([]);
    call.toolDispatcher.answer('book', { status: 'ok', value: { reference: 'A1' } });
    await call.passes(1);
    expect(call.model.toolResults.get(callId)).toContain('A1');
    expect(call.model.asked).toEqual([`result ${callId}`, 'reply']);
    expect(call.toolDispatcher.calls).toHaveLength(1);
  });

  it('of a response that was cut off is followed by one reply', async () => {
    const { call, old, callId } = await callingBook();
    old.gone(cut);
    await call.passes(1);
    call.toolDispatcher.answer('book', { status: 'ok', value: {} });
    await call.passes(1);
    expect(call.model.asked).toEqual([`result ${callId}`, 'reply']);
  });

  it('whose result comes in the gap is in the history, and not sent twice', async () => {
    const { call, old, callId } = await callingBook();
    call.first.isReadyAtOnce = false;
    old.gone(cut);
    await call.passes(1);
    call.toolDispatcher.answer('book', { status: 'ok', value: {} });
    await call.passes(100);
    call.model.ready();
    await call.passes(1);
    expect(seedOf(call.model).slice(-2)).toEqual([`tool-call ${callId}`, `tool-result ${callId}`]);
    expect(call.model.asked).toEqual(['reply']);
  });
});

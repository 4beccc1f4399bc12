import { describe, expect, it } from '@jest/globals';
import { MemoryPhraseCache } from '@tandem/conversation/testing';
import type { ProviderHealth } from './providers/provider-health.ts';
import { providerError, ResilientScene } from './testing/resilient-scene.ts';

const refused = providerError('server', 'http-503');
const { seedOf } = ResilientScene;

describe('a provider that stops answering', () => {
  it('is replaced after four seconds, and the caller hears of the gap and gets a reply', async () => {
    const call = new ResilientScene();
    await call.greeted();
    await call.callerSays('I need a plumber.');
    await call.passes(3_900);
    expect(call.opened).toHaveLength(1);
    await call.passes(200);
    expect(call.moves).toEqual(['hang to first-2 after 4000 ms']);
    expect(call.first.sessions[0]!.isClosed).toBe(true);
    expect(call.model.asked).toEqual(['say: Sorry, the line was gone for a moment.', 'reply']);
    expect(seedOf(call.model)).toContain('caller: I need a plumber.');
  });

  it('in the middle of a response is noticed too, and the response continued', async () => {
    const call = new ResilientScene();
    await call.greeted();
    await call.callerSays('When?');
    call.model.begins('On Tuesday', { durationMs: 600 });
    await call.passes(4_100);
    expect(call.moves).toEqual(['hang to first-2 after 4000 ms']);
    expect(call.model.notes[0]).toContain('Go on exactly there');
    expect(call.model.asked).toEqual(['say: Sorry, the line was gone for a moment.', 'reply']);
  });

  it('is not one without a response to give', async () => {
    const call = new ResilientScene({ agent: { idle: { afterMs: 0 } } });
    await call.greeted();
    await call.passes(120_000);
    expect(call.opened).toHaveLength(1);
  });

  it('is not one that is slow but sends events', async () => {
    const call = new ResilientScene();
    await call.greeted();
    await call.callerSays('When?');
    const item = call.model.begins('On', { durationMs: 100 });
    for (let part = 0; part < 5; part += 1) {
      await call.passes(3_000);
      call.model.continues(item, ' and on', 100);
    }
    expect(call.opened).toHaveLength(1);
  });

  it('is also one that sends events and makes no sound', async () => {
    const call = new ResilientScene();
    await call.passes(1);
    call.model.startResponse();
    for (let part = 0; part < 3; part += 1) {
      await call.passes(2_500);
      call.first.sessions[0]!.understands('item_x' as never, '…', false);
    }
    expect(call.opened).toEqual(['first-1', 'second-1']);
    expect(call.model.asked).toContain('say: Good morning, Northwind.');
  });

  it('at its first response is replaced by the next fallback: the caller has waited enough', async () => {
    const call = new ResilientScene();
    await call.passes(4_100);
    expect(call.opened).toEqual(['first-1', 'second-1']);
    expect(call.moves[0]).toMatch(/^ladder to second-1/);
  });
});

describe('the fallback chain', () => {
  it('opens the same model again after longer pauses, then the next one with its own voice', async () => {
    const call = new ResilientScene({ refusals: [refused, refused, refused] });
    await call.passes(1);
    expect(call.opened).toEqual(['first-1']);
    await call.passes(250);
    expect(call.opened).toEqual(['first-1', 'first-2']);
    await call.passes(500);
    expect(call.opened).toEqual(['first-1', 'first-2', 'first-3', 'second-1']);
    expect(call.model.setup.voice).toBe('another');
    expect(call.log.of('model.opened')).toEqual([{ provider: 'second', model: 'second-1' }]);
    expect(call.log.of('model.faulted')).toHaveLength(3);
    expect(call.moves).toEqual([]);
    expect(call.model.asked).toEqual(['say: Good morning, Northwind.']);
  });

  it.each([
    ['authentication', 'invalid_api_key'],
    ['quota', 'insufficient_quota'],
    ['invalid-request', 'unknown_parameter'],
  ] as const)('does not ask again what will not mend itself (%s)', async (category, code) => {
    const call = new ResilientScene({ refusals: [providerError(category, code)] });
    await call.passes(10);
    expect(call.opened).toEqual(['first-1', 'second-1']);
    expect(call.log.of('model.faulted')).toMatchObject([{ category, code }]);
  });

  it('does not try a model twice that was slow to open', async () => {
    const call = new ResilientScene({ refusals: [providerError('connectivity', 'open-timeout')] });
    await call.passes(10);
    expect(call.opened).toEqual(['first-1', 'second-1']);
  });

  it('goes on in the middle of a call with the conversation so far', async () => {
    const call = new ResilientScene();
    await call.greeted();
    await call.callerSays('I need a plumber.');
    call.first.refusals.push(refused, refused, refused);
    call.model.gone(refused);
    await call.passes(1_000);
    expect(call.moves).toEqual(['ladder to second-1 after 750 ms']);
    expect(seedOf(call.model)).toEqual(['agent: Good morning.', 'caller: I need a plumber.']);
    expect(call.model.asked).toEqual(['reply']);
  });

  it('prefers changes made during the call to the settings of a fallback', async () => {
    const call = new ResilientScene();
    await call.greeted();
    call.session.change({ speed: 1.3, language: 'es-MX' });
    call.model.gone(providerError('quota', 'insufficient_quota'));
    await call.passes(1);
    expect(call.model.setup).toMatchObject({ voice: 'another', speed: 1.3, language: 'es-MX' });
  });

  it('keeps a model whose socket is cut now and then, not one that is cut each time', async () => {
    const call = new ResilientScene();
    await call.greeted();
    for (let times = 0; times < 10; times += 1) {
      call.model.gone(refused);
      await call.passes(1);
      await call.callerSays('Hello?');
      await call.agentSays('I am here.');
    }
    expect(call.second.sessions).toEqual([]);
    for (let times = 0; times < 4; times += 1) {
      call.model.gone(refused);
      await call.passes(1_000);
    }
    expect(call.second.sessions).toHaveLength(1);
  });

  it('ends the call with the error when no model is left', async () => {
    const call = new ResilientScene();
    await call.greeted();
    call.first.refusals.push(refused, refused, refused);
    call.second.refusals.push(refused, refused, refused);
    call.model.gone(refused);
    await call.passes(5_000);
    expect(call.termination).toEqual({ class: 'provider', reason: 'model-failed' });
    expect(call.clock.pendingTimers).toBe(0);
  });

  it('skips a model that is known to be in trouble', async () => {
    const health: ProviderHealth = {
      allows: () => false,
      openSucceeded: () => undefined,
      openFailed: () => undefined,
      responseSucceeded: () => undefined,
      responseFailed: () => undefined,
    };
    const call = new ResilientScene({ health });
    await call.passes(1);
    expect(call.opened).toEqual(['second-1']);
  });

  it('reports the health of a provider', async () => {
    const told: string[] = [];
    const health: ProviderHealth = {
      allows: (kind) => (told.push(`try ${kind}`), true),
      openSucceeded: () => void told.push('opened'),
      openFailed: ({ code }) => void told.push(`open failed ${code}`),
      responseSucceeded: () => void told.push('answered'),
      responseFailed: ({ code }) => void told.push(`answer failed ${code}`),
    };
    const call = new ResilientScene({ health, refusals: [refused] });
    await call.passes(1);
    await call.passes(250);
    await call.agentSays('Good morning.');
    call.model.startResponse();
    call.model.faults(providerError('rate-limit', 'rate_limit_exceeded'));
    call.model.finish('failed');
    expect(told).toEqual([
      'try new-call',
      'open failed http-503',
      'try open-again',
      'opened',
      'answered',
      'answer failed rate_limit_exceeded',
      'try answer-again',
    ]);
  });
});

describe('a response that fails', () => {
  const failing = async () => {
    const call = new ResilientScene();
    await call.greeted();
    await call.callerSays('When can you come?');
    return call;
  };
  const fail = (call: ResilientScene, error = providerError('server', 'server_error')) => {
    call.model.startResponse();
    call.model.faults(error);
    call.model.finish('failed');
  };

  it('is requested once more from the same session', async () => {
    const call = await failing();
    fail(call);
    await call.passes(1);
    expect(call.model.asked.slice(-1)).toEqual(['reply']);
    await call.agentSays('On Tuesday.');
    expect(call.opened).toEqual(['first-1']);
    expect(call.log.transcript().at(-1)).toBe('agent: On Tuesday.');
  });

  it('is requested again after a pause when the provider reports a rate limit', async () => {
    const call = await failing();
    fail(call, providerError('rate-limit', 'rate_limit_exceeded'));
    await call.passes(400);
    expect(call.model.asked).toEqual(['say: Good morning, Northwind.']);
    await call.passes(200);
    expect(call.model.asked.slice(-1)).toEqual(['reply']);
  });

  it('twice in a row is requested from the next fallback', async () => {
    const call = await failing();
    fail(call);
    await call.passes(1);
    fail(call);
    await call.passes(1);
    expect(call.opened).toEqual(['first-1', 'second-1']);
    expect(call.moves).toEqual(['ladder to second-1 after 0 ms']);
    expect(call.model.asked).toEqual(['reply']);
    expect(call.first.sessions[0]!.isClosed).toBe(true);
    await call.passes(1);
    expect(call.termination).toBeNull();
  });

  it('for lack of credit is requested from the next fallback at once', async () => {
    const call = await failing();
    fail(call, providerError('quota', 'insufficient_quota'));
    await call.passes(1);
    expect(call.opened).toEqual(['first-1', 'second-1']);
  });

  it('in the middle is continued', async () => {
    const call = await failing();
    call.model.begins('On Tues', { durationMs: 400 });
    call.model.finish('failed');
    await call.passes(1);
    expect(call.model.notes[0]).toContain('Go on exactly there');
    expect(call.model.asked.slice(-1)).toEqual(['reply']);
  });

  it('is also one without a sound in a session that never made one', async () => {
    const call = new ResilientScene();
    await call.passes(1);
    for (let times = 0; times < 2; times += 1) {
      call.model.startResponse();
      call.model.finish('completed');
      await call.passes(1);
    }
    expect(call.opened).toEqual(['first-1', 'second-1']);
    expect(call.model.asked).toEqual(['say: Good morning, Northwind.']);
    expect(call.log.of('model.faulted')).toMatchObject([{ code: 'no-sound' }, { code: 'no-sound' }]);
  });
});

describe('the greeting of a fallback', () => {
  it('is never played to callers of the agent’s own voice', async () => {
    const phrases = new MemoryPhraseCache();
    const outage = new ResilientScene({ phrases, refusals: Array.from({ length: 5 }, () => refused) });
    await outage.passes(2_000);
    expect(outage.model.asked).toEqual(['say: Good morning, Northwind.']);
    outage.model.says('Good morning, Northwind.');
    const after = new ResilientScene({ phrases });
    await after.passes(10);
    expect(after.model.asked).toEqual(['say: Good morning, Northwind.']);
    after.model.says('Good morning, Northwind.');
    const next = new ResilientScene({ phrases });
    await next.passes(10);
    expect(next.model.asked).toEqual([]);
  });
});

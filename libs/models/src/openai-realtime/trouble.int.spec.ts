import { describe, expect, it } from '@jest/globals';
import { AudioFrame } from '@tandem/conversation';
import { scripted } from '@tandem/simulators';
import { open, waitUntil } from './test/simulated-endpoint.ts';

describe('a Realtime session in trouble', () => {
  it.each(['unknown-event', 'unknown-field', 'missing-field', 'wrong-type', 'malformed-json'] as const)(
    'survives a wrong event (%s)',
    async (what) => {
      const { ready, listener } = await open({ behaviour: scripted({ turns: [] }), selfCheck: false });
      const { session, far } = await ready();
      far.strike({ kind: 'bad-event', what });
      session.respond({ kind: 'say', text: 'Still here.' });
      await listener.until('response completed');
      expect([...listener.texts.values()].filter(Boolean)).toEqual(['Still here.']);
    },
  );

  it.each(['reset', 'fin', 'close'] as const)('reports the loss of the socket once (%s)', async (how) => {
    const { ready, listener } = await open();
    const { session, far } = await ready();
    far.strike({ kind: 'cut', how });
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed?.retryable).toBe(true);
    session.respond({ kind: 'reply' });
    session.pushAudio(AudioFrame.fromBytes(new Uint8Array(160)));
    session.close();
  });

  it('ends when its hour is over', async () => {
    const { ready, listener } = await open({ maxSessionMs: 200 });
    await ready();
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed).toMatchObject({ code: 'session_expired', category: 'server', retryable: true });
  });

  it('reports why a response failed, and goes on', async () => {
    const { ready, listener, simulator } = await open({ behaviour: scripted({ turns: [] }) });
    simulator.faults.add({ kind: 'fail-response', as: 'rate_limit_exceeded', times: 1 });
    const { session } = await ready();
    session.respond({ kind: 'say', text: 'One.' });
    await listener.until('response failed');
    expect(listener.faults).toMatchObject([{ category: 'rate-limit' }]);
    session.respond({ kind: 'say', text: 'Two.' });
    await listener.until('response completed');
  });

  it('closes without a fault when we close it', async () => {
    const { ready, listener } = await open();
    const { session } = await ready();
    session.close();
    await waitUntil(() => listener.closed !== undefined, 'the end');
    expect(listener.closed).toBeNull();
  });
});

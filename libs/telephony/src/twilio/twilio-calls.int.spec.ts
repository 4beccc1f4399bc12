import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ProviderError } from '@tandem/contracts';
import { TwilioSimulator, type SimulatedCall } from '@tandem/simulators';
import { TwilioCalls } from './twilio-calls.ts';
import { farewellTwiml } from './twiml.ts';

const AUTH_TOKEN = '0123456789abcdef0123456789abcdef';

describe('running calls', () => {
  let simulator: TwilioSimulator;
  let calls: TwilioCalls;
  const over = (authToken: string, baseUrl = simulator.apiBaseUrl) =>
    new TwilioCalls({ accountSid: simulator.accountSid, authToken, baseUrl });

  beforeEach(async () => {
    simulator = new TwilioSimulator({ authToken: AUTH_TOKEN, speed: 50 });
    await simulator.start();
    calls = over(AUTH_TOKEN);
  });
  afterEach(() => simulator.stop());

  /** A caller on a call that plays a long pause. */
  async function onTheLine(): Promise<SimulatedCall> {
    const call = simulator.placeCall({
      from: '+12025550123',
      to: '+12025550100',
      voiceUrl: 'http://127.0.0.1:9/',
      fallback: { twiml: '<Response><Say>Hello.</Say><Pause length="600"/></Response>' },
    });
    while (!call.report().said.includes('Hello.')) await new Promise((resolve) => setTimeout(resolve, 10));
    return call;
  }

  it('continue with another document', async () => {
    const call = await onTheLine();
    expect(
      await calls.redirect(call.sid, farewellTwiml({ text: 'Somebody else <now>.', language: 'en-US' })),
    ).toBe('done');
    expect((await call.ended).said).toEqual(['Hello.', 'Somebody else <now>.']);
  });

  it('are hung up', async () => {
    const call = await onTheLine();
    expect(await calls.hangUp(call.sid)).toBe('done');
    expect((await call.ended).endedBy).toBe('rest-completed');
  });

  it('are gone when they have ended or never existed', async () => {
    const call = await onTheLine();
    call.hangup();
    await call.ended;
    expect(await calls.redirect(call.sid, '<Response/>')).toBe('gone');
    expect(await calls.hangUp('CA00000000000000000000000000000000')).toBe('gone');
  });

  it('are not changed with a wrong key or an unreachable API; the error never shows the key', async () => {
    const call = await onTheLine();
    const refused = await over('wrong')
      .hangUp(call.sid)
      .catch((error: unknown) => error as ProviderError);
    expect(refused).toBeInstanceOf(ProviderError);
    expect(refused).toMatchObject({ category: 'authentication', retryable: false, provider: 'twilio' });
    const away = await over(AUTH_TOKEN, 'http://127.0.0.1:9')
      .hangUp(call.sid)
      .catch((error: unknown) => error as ProviderError);
    expect(away).toMatchObject({ category: 'connectivity', retryable: true });
    expect(call.hasEnded).toBe(false);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { CallStore, connectRedis, Sealer, type AdmissionRecord } from '@tandem/call-state';
import { textsOf } from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';
import { scripted, type SimulatedCall } from '@tandem/simulators';
import { answer, CALLER, DIALLED, RunningPlatform, spokenByCarrier } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

const BLOCKED = '+12025550166';
const STRANGER = '+12025550101';
/** A second number of the demo's tenant, with the same agent. */
const OTHER = '+12025550105';

let platform: RunningPlatform;
let redis: ReturnType<typeof connectRedis>;
let records: CallStore;

beforeAll(async () => {
  platform = await RunningPlatform.start();
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
  redis = connectRedis(platform.stack.redis.url, 'command');
  records = new CallStore(redis, new Sealer(deriveKeys([platform.stack.secrets.tandemSecret], 'call-state')));
  await platform.sql(
    'INSERT INTO phone_numbers (tenant_id, e164, agent_id, is_always_open) SELECT tenant_id, $1, ' +
      'agent_id, true FROM phone_numbers WHERE e164 = $2',
    OTHER,
    DIALLED,
  );
});
afterAll(async () => {
  redis.disconnect();
  await platform.stop();
});

async function numberId(e164: string): Promise<string> {
  const { items } = await platform.ask<{ items: { id: string; e164: string }[] }>('/v1/numbers');
  return items.find((number) => number.e164 === e164)!.id;
}
const setNumber = async (e164: string, change: object) =>
  platform.change('PATCH', `/v1/numbers/${await numberId(e164)}`, change);

/** Returns the reason and the words of a refusal. */
async function refusalOf(call: SimulatedCall): Promise<string> {
  const report = await call.ended;
  expect(report.streams).toEqual([]);
  const { refusalReason } = await platform.recorded(call.sid);
  return `${refusalReason}: ${spokenByCarrier(report)}`;
}

/** Returns the call record the relay got, and the stored call. */
async function admitted(call: SimulatedCall, { hearsGreeting = false } = {}) {
  await call.waitForSpeech();
  if (hearsGreeting) await call.waitForSilence(400);
  const callId = await records.findByCarrierId(call.sid);
  const record = (await records.record(callId!)) as AdmissionRecord;
  call.hangup();
  await call.ended;
  return { record, recorded: await platform.recorded(call.sid) };
}

describe('a caller', () => {
  it('who is blocked hears the number’s own message or a short standard one, and is recorded', async () => {
    expect(await refusalOf(platform.ring({ from: BLOCKED }))).toBe(
      'caller-blocked: Thank you for calling Northwind Home Services. This number cannot take your ' +
        'call. Goodbye.',
    );
    await setNumber(DIALLED, { refusalText: 'Please write to us instead.' });
    expect(await refusalOf(platform.ring({ from: BLOCKED }))).toBe(
      'caller-blocked: Please write to us instead.',
    );
    await setNumber(DIALLED, { refusalText: '' });
  });

  it('nobody knows may not call a number for some, and those it is for may', async () => {
    await setNumber(OTHER, { accessMode: 'allow-list', allowedGroups: ['primary'] });
    expect(await refusalOf(platform.ring({ from: STRANGER, to: OTHER }))).toMatch(
      /^caller-not-allowed: .*cannot take your call/,
    );
    expect(await refusalOf(platform.ring({ from: '+266696687', to: OTHER }))).toMatch(
      /^caller-not-allowed: /,
    );
    const { recorded } = await admitted(platform.ring({ to: OTHER }));
    expect(recorded).toMatchObject({ callerGroup: 'primary', refusalReason: null });
    await setNumber(OTHER, { accessMode: 'open', allowedGroups: [] });
  });

  it('who is known comes with name and group, and is greeted in the words for the group', async () => {
    await platform.change('PUT', '/v1/caller-groups/primary', {
      name: 'Primary callers',
      greeting: 'Welcome back, {{caller.first_name}}.',
    });
    const known = await admitted(platform.ring(), { hearsGreeting: true });
    expect(known.record.caller).toEqual({ name: 'Alex Morgan', group: 'primary', language: null });
    expect(textsOf(known.record.agent, known.record.language)).toMatchObject({
      greeting: 'Welcome back, {{caller.first_name}}.',
      greetingKnown: 'Welcome back, {{caller.first_name}}.',
    });
    expect(known.recorded.transcript[0]?.text).toBe('Welcome back, Alex.');
    expect(known.record.agent.directory.map(({ key }) => key)).toEqual([
      'billing',
      'manager',
      'sales',
      'support',
    ]);
    const unknown = await admitted(platform.ring({ from: STRANGER }));
    expect(unknown.record.caller).toEqual({ name: null, group: null, language: null });
    expect(textsOf(unknown.record.agent, 'en-US').greeting).toContain('this is Sarah');
    await platform.change('PUT', '/v1/caller-groups/primary', { name: 'Primary callers' });
  });
});

describe('a call', () => {
  it('to a Spanish number begins in Spanish, and to a caller of another language in theirs', async () => {
    await setNumber(OTHER, { language: 'es' });
    const spanish = await admitted(platform.ring({ from: STRANGER, to: OTHER }));
    expect([spanish.record.language, spanish.recorded.language]).toEqual(['es', 'es']);
    await platform.sql(`UPDATE contacts SET language = 'fr' WHERE phone = $1`, CALLER);
    const french = await admitted(platform.ring({ to: OTHER }));
    expect([french.recorded.language, french.record.caller.language]).toEqual(['fr', 'fr']);
    await platform.sql('UPDATE contacts SET language = NULL WHERE phone = $1', CALLER);
    expect((await admitted(platform.ring())).recorded.language).toBe('en-US');
  });

  it('gets the arm of the experiment its caller always gets, and is found by it', async () => {
    await platform.publishAsOperator({
      experiment: 'greeting',
      variants: [
        { key: 'plain', weight: 1 },
        { key: 'lively', weight: 1, instructions: 'Be lively.' },
      ],
    });
    const callers = [CALLER, STRANGER, '+12025550131', '+12025550132', '+12025550133', '+12025550134'];
    const first = await Promise.all(
      callers.map(async (from) => (await admitted(platform.ring({ from }))).recorded.variantKey),
    );
    // The variant of each caller follows from a secret of this stack.
    for (const arm of first) expect(['plain', 'lively']).toContain(arm);
    const again = await Promise.all([1, 2].map(() => admitted(platform.ring())));
    for (const { record, recorded } of again) {
      expect([record.agent.variantKey, recorded.variantKey]).toEqual([first[0], first[0]]);
      expect(record.agent.instructions === 'Be lively.').toBe(first[0] === 'lively');
    }
    const { items } = await platform.ask<{ items: { variantKey: string; from: string }[] }>(
      `/v1/calls?variant=${first[0]}&from=%2B12025550123`,
    );
    expect(items).toHaveLength(3);
    await platform.publishAsOperator({ variants: [] });
    expect((await admitted(platform.ring())).recorded.variantKey).toBeNull();
  });
});

describe('money', () => {
  const spend = async () => {
    const call = platform.ring({ from: STRANGER });
    await answer(call);
    await call.waitForSpeech();
    return call;
  };

  it('is counted for each call by what it used, transcription included', async () => {
    const call = await spend();
    await call.waitForSilence(500);
    call.hangup();
    await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(recorded.costUsd).toBeGreaterThan(0);
    expect(recorded.cost).toMatchObject({ isComplete: true });
    expect(recorded.cost!.models.map(({ model }) => model).sort()).toEqual([
      'gpt-live-transcribe',
      'gpt-realtime-2.1',
    ]);
    expect(await platform.metric('relay-1', 'tandem_usage_cost_usd_total')).toMatch(
      /model="gpt-realtime-2\.1".* 0\.\d+/,
    );
  });

  it('that is used up while a call still runs refuses the next one in words, and says so once', async () => {
    const { items } = await platform.ask<{ items: { costUsd: number | null }[] }>('/v1/calls?limit=100');
    const spentUsd = items.reduce((sum, { costUsd }) => sum + (costUsd ?? 0), 0);
    await platform.change('PUT', '/v1/spending/budget', {
      dailyUsd: spentUsd + 0.0001,
      monthlyUsd: null,
      warnShare: 0.99,
    });
    const spender = platform.ring({ from: '+12025550131' });
    await answer(spender);
    await spender.waitForSpeech();
    await platform.eventually(
      () => platform.metric('relay-1', 'tandem_budget_marks_total'),
      (text) => /scope="day",level="reached"[^}]*\} 1$/m.test(text),
      'the budget to be reached',
    );
    expect(await refusalOf(platform.ring({ from: '+12025550132' }))).toMatch(
      /^budget-reached: .*technical problem/,
    );
    await platform.change('PUT', '/v1/spending/budget', { dailyUsd: null, monthlyUsd: null });
    spender.hangup();
    await spender.ended;
    expect((await admitted(platform.ring())).recorded.refusalReason).toBeNull();
  });
});

describe('a call that no provider can take', () => {
  const ladder = [{ kind: 'message' as const }];
  /** Ten calls that the provider refuses open its circuit for all calls. */
  const breakProvider = async () => {
    platform.model.faults.add({ kind: 'refuse', status: 503 });
    for (let times = 0; times < 12; times += 1) await platform.ring().ended;
  };

  /**
   * Places calls until one is handled as expected. One call at a time probes whether the provider has
   * recovered: that call fails, and the next one is handled as the others.
   */
  const ringUntil = async (isAsWanted: (call: SimulatedCall) => Promise<boolean>) => {
    for (let attempt = 1; ; attempt += 1) {
      const call = platform.ring();
      if (await isAsWanted(call)) return call;
      if (attempt === 5)
        throw new TypeError('Five calls in a row were let through to a provider that refuses.');
    }
  };
  const isRefused = async (call: SimulatedCall) => {
    await call.ended;
    return (await platform.recorded(call.sid)).refusalReason === 'provider-unavailable';
  };
  /** Resolves to false when the call ends instead. */
  const isAskedToWait = async (call: SimulatedCall) => {
    const said = () => spokenByCarrier(call.report());
    await platform.eventually(
      said,
      (text) => text.includes('hold the line') || call.hasEnded,
      'the caller to be asked to wait',
    );
    return !call.hasEnded;
  };

  it('is turned away in words before it is answered, and waits where the agent lets it', async () => {
    await platform.withAgent({ ladder }, async () => {
      await breakProvider();
      const refused = await ringUntil(isRefused);
      expect(spokenByCarrier(refused.report())).toContain('cannot take your call right now');
    });
    await platform.withAgent({ ladder, whenUnavailable: 'queue' }, async () => {
      const waiting = await ringUntil(isAskedToWait);
      platform.model.faults.clear();
      await waiting.waitForSpeech({ timeoutMs: 40_000 });
      waiting.hangup();
      await waiting.ended;
      expect((await platform.recorded(waiting.sid)).refusalReason).toBeNull();
    });
  });
});

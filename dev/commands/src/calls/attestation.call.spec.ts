import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scripted, type SimulatedCall } from '@tandem/simulators';
import { freeTimes } from '../testing/free-times.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { answer, DIALLED, RunningPlatform, spokenByCarrier } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

const BLOCKED = '+12025550166';

let platform: RunningPlatform;
let numberId: string;
beforeAll(async () => {
  platform = await RunningPlatform.start();
  const { items } = await platform.ask<{ items: { id: string; e164: string }[] }>('/v1/numbers');
  numberId = items.find(({ e164 }) => e164 === DIALLED)!.id;
});
afterAll(() => platform.stop());

const setNumber = (change: object) => platform.change('PATCH', `/v1/numbers/${numberId}`, change);
const ring = (StirVerstat: string, from?: string): SimulatedCall =>
  platform.ring({ extraFields: { StirVerstat }, ...(from === undefined ? {} : { from }) });

async function lookedUp(call: SimulatedCall) {
  platform.model.behaviour = scripted({
    turns: [{ call: { name: 'lookup_customer' }, then: { say: 'I see.' } }],
  });
  await answer(call);
  await call.waitForSpeech();
  call.hangup();
  await call.ended;
  const recorded = (await platform.recorded(call.sid)) as unknown as {
    attestation: string;
    callerGroup: string | null;
    toolCalls: { outcome: { value: { known: boolean } } }[];
  };
  return {
    attestation: recorded.attestation,
    callerGroup: recorded.callerGroup,
    known: recorded.toolCalls[0]?.outcome.value.known,
  };
}

describe('a caller who shows the number of a known contact', () => {
  it('is known when the carrier vouches for it', async () => {
    expect(await lookedUp(ring('TN-Validation-Passed-A'))).toEqual({
      attestation: 'TN-Validation-Passed-A',
      callerGroup: 'primary',
      known: true,
    });
  });

  it('is a stranger when its validation failed, and the record says so', async () => {
    expect(await lookedUp(ring('TN-Validation-Failed-A'))).toEqual({
      attestation: 'TN-Validation-Failed-A',
      callerGroup: null,
      known: false,
    });
  });

  it('is not let in by a list when its validation failed', async () => {
    await setNumber({ accessMode: 'allow-list', allowedGroups: ['primary'] });
    const call = ring('TN-Validation-Failed-A');
    expect(spokenByCarrier(await call.ended)).toContain('cannot take your call');
    expect(await platform.recorded(call.sid)).toMatchObject({
      refusalReason: 'caller-not-allowed',
      attestation: 'TN-Validation-Failed-A',
      callerGroup: null,
    });
    await setNumber({ accessMode: 'open', allowedGroups: [] });
  });

  it('is known without validation, unless the number distrusts such callers', async () => {
    expect(await lookedUp(ring('No-TN-Validation'))).toMatchObject({ callerGroup: 'primary', known: true });
    await setNumber({ unverifiedCallers: 'distrust' });
    expect(await lookedUp(ring('No-TN-Validation'))).toMatchObject({ callerGroup: null, known: false });
    expect(await lookedUp(ring('TN-Validation-Passed-B'))).toMatchObject({
      callerGroup: 'primary',
      known: true,
    });
    await setNumber({ unverifiedCallers: 'trust' });
  });
});

describe('a caller nobody vouches for', () => {
  /** Has the model call a tool in a call of its own, and returns the outcome. */
  async function outcomeOf(verdict: string, name: string, input: Record<string, string>) {
    platform.model.behaviour = scripted({
      turns: [{ ifHeard: '', call: { name, arguments: input } }],
      otherwise: 'I see.',
    });
    const call = ring(verdict);
    await answer(call);
    await call.waitForSpeech();
    await call.waitForSilence(600);
    call.hangup();
    await call.ended;
    const [made] = (await platform.recorded(call.sid)).toolCalls;
    return made?.outcome as { status: string; reason?: string; value?: { reference?: string } } | undefined;
  }
  const booked = async (verdict: string, clock: string) => {
    const times = await freeTimes(platform, nextMonday());
    const { start } = times.find((slot) => slot.start.includes(`T${clock}`))!;
    return (await outcomeOf(verdict, 'book_appointment', { service: 'plumbing', start }))!.value!.reference!;
  };

  it('hears the history with the reference of a vouched caller, not with one just given', async () => {
    await platform.publish({ tools: ['book_appointment', 'get_caller_history'] });
    const forged = await booked('No-TN-Validation', '09:00');
    const own = await booked('TN-Validation-Passed-A', '11:00');
    const told = (reference: string) => outcomeOf('No-TN-Validation', 'get_caller_history', { reference });
    expect(await told(forged)).toMatchObject({ status: 'refused', reason: 'not-verified' });
    const history = await told(own);
    expect(history).toMatchObject({ status: 'ok', value: { known: true } });
    expect(JSON.stringify(history)).not.toContain(forged);
  });
});

describe('a blocked number', () => {
  it.each(['TN-Validation-Passed-A', 'TN-Validation-Failed-A', 'No-TN-Validation'])(
    'is blocked whatever the carrier says of it: %s',
    async (attestation) => {
      const call = ring(attestation, BLOCKED);
      await call.ended;
      expect(await platform.recorded(call.sid)).toMatchObject({
        refusalReason: 'caller-blocked',
        attestation,
      });
    },
  );
});

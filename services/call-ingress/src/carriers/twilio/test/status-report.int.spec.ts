import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connectRedis } from '@tandem/call-state';
import { someCall } from '@tandem/call-state/testing';
import type { RelayId } from '@tandem/contracts';
import { testRedisUrl } from '@tandem/stack';
import { RunningIngress } from './running-ingress.ts';

const OURS = `AC${'a'.repeat(32)}`;
const OTHER = `AC${'b'.repeat(32)}`;
const OTHER_TOKEN = 'token-of-b';
const relayId = 'relay-status' as RelayId;

let ingress: RunningIngress;
beforeAll(async () => {
  ingress = await RunningIngress.start({
    settings: { TWILIO_ACCOUNT_SID: OURS, TWILIO_ACCOUNTS: `${OTHER}:${OTHER_TOKEN}` },
  });
});
afterAll(() => ingress.stop());

/** A call of our account that a relay holds. */
async function admittedCall(account: { readonly carrierAccountId?: string } = { carrierAccountId: OURS }) {
  const { calls, relays } = ingress.state;
  const heartbeat = { relayId, address: 'ws://relay', capacity: 3, active: 0 };
  await relays.renew(
    { ...heartbeat, isDraining: false, isOverloaded: false, revision: '', startedAt: 1_000 },
    [],
  );
  const call = someCall(account);
  await calls.admit(call, relayId, '<Response/>', 60_000);
  return call;
}

describe('a status report', () => {
  const completed = (CallSid: string, AccountSid: string) => ({
    CallSid,
    AccountSid,
    CallStatus: 'completed',
    SequenceNumber: '3',
  });

  it('of another account than the call’s is refused and counted, and leaves the call alone', async () => {
    const { callId, carrierCallId } = await admittedCall();
    const form = completed(carrierCallId, OTHER);
    expect((await ingress.post('/twilio/status', form, OTHER_TOKEN)).status).toBe(403);
    expect(await ingress.state.calls.state(callId)).toMatchObject({ phase: 'admitted' });
    expect((await ingress.get('/metrics')).text).toMatch(
      /^tandem_callbacks_refused_total\{reason="other-account"[^}]*\} 1$/m,
    );
  });

  it('of the call’s own account is applied', async () => {
    const { callId, carrierCallId } = await admittedCall();
    expect((await ingress.post('/twilio/status', completed(carrierCallId, OURS))).status).toBe(204);
    expect(await ingress.state.calls.state(callId)).toMatchObject({
      phase: 'ended',
      endReason: 'never-connected',
    });
  });

  it('is applied to a call without a recorded account', async () => {
    const { callId, carrierCallId } = await admittedCall({});
    const form = completed(carrierCallId, OTHER);
    expect((await ingress.post('/twilio/status', form, OTHER_TOKEN)).status).toBe(204);
    expect(await ingress.state.calls.state(callId)).toMatchObject({ phase: 'ended' });
  });

  it('is applied to a call whose record cannot be opened, as after a change of TANDEM_SECRET', async () => {
    const { callId, carrierCallId } = await admittedCall();
    const redis = connectRedis(await testRedisUrl(), 'command');
    await redis.hset(`tandem:call:${callId}`, 'record', 'sealed-with-another-key');
    redis.disconnect();
    expect((await ingress.post('/twilio/status', completed(carrierCallId, OURS))).status).toBe(204);
    expect(await ingress.state.calls.state(callId)).toMatchObject({ phase: 'ended' });
  });
});

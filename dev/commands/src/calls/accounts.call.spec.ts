import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TwilioSimulator } from '@tandem/simulators';
import { CALLER, DIALLED, RunningPlatform, spokenByCarrier } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

const OTHER_ACCOUNT = `AC${'b'.repeat(32)}`;
const FIRST_ACCOUNT = `AC${'a'.repeat(32)}`;
const SHARED_KEY = { id: 'webhooks_sharedkey_1', secret: 'a-secret-of-the-customer' };

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({
    twilio: { accountSid: FIRST_ACCOUNT },
    stack: {
      env: {
        TWILIO_ACCOUNTS: `${OTHER_ACCOUNT}:token-of-b`,
        TWILIO_WEBHOOK_KEYS: `${FIRST_ACCOUNT}:${SHARED_KEY.id}:${SHARED_KEY.secret}`,
      },
    },
  });
});
afterAll(() => platform.stop());

/** Places a call over another account of the carrier; returns whether the agent answered it. */
async function isAnswered(options: ConstructorParameters<typeof TwilioSimulator>[0]): Promise<boolean> {
  const carrier = new TwilioSimulator({ speed: 10, ...options });
  const call = carrier.placeCall({
    from: CALLER,
    to: DIALLED,
    voiceUrl: platform.voiceUrl,
    statusCallback: { url: `${platform.publicUrl}/twilio/status` },
  });
  const isTaken = await Promise.race([
    call.waitForSpeech().then(
      () => true,
      () => false,
    ),
    call.ended.then(() => false),
  ]);
  call.hangup();
  const report = await call.ended;
  await carrier.stop();
  return isTaken && !spokenByCarrier(report).includes('sorry');
}

describe('one door', () => {
  it('takes calls of several accounts, each signed with its own token', async () => {
    expect(await isAnswered({ accountSid: FIRST_ACCOUNT, authToken: platform.twilio.authToken })).toBe(true);
    expect(await isAnswered({ accountSid: OTHER_ACCOUNT, authToken: 'token-of-b' })).toBe(true);
  });

  it('takes none that is signed with another account’s token', async () => {
    expect(await isAnswered({ accountSid: FIRST_ACCOUNT, authToken: 'token-of-b' })).toBe(false);
    expect(await isAnswered({ accountSid: OTHER_ACCOUNT, authToken: platform.twilio.authToken })).toBe(false);
  });

  it('takes calls signed with a known shared key and algorithm, and counts the others', async () => {
    const carrier = { accountSid: FIRST_ACCOUNT, authToken: 'not-used' };
    expect(await isAnswered({ ...carrier, sharedKey: SHARED_KEY })).toBe(true);
    expect(await isAnswered({ ...carrier, sharedKey: { ...SHARED_KEY, id: 'webhooks_sharedkey_2' } })).toBe(
      false,
    );
    expect(await isAnswered({ ...carrier, sharedKey: { ...SHARED_KEY, algorithm: 'HMAC_SHA512' } })).toBe(
      false,
    );
    expect(await isAnswered({ ...carrier, sharedKey: { ...SHARED_KEY, secret: 'wrong' } })).toBe(false);
    const failures = await platform.metric('call-ingress', 'tandem_signature_failures_total');
    for (const reason of ['unknown-key', 'unknown-algorithm', 'wrong'])
      expect(failures).toContain(`reason="${reason}"`);
  });

  it('remembers which account a call came over', async () => {
    const call = platform.ring();
    await call.waitForSpeech();
    const record = await platform.records.record(await platform.callIdOf(call.sid));
    expect(record?.carrierAccountId).toBe(FIRST_ACCOUNT);
    call.hangup();
    await call.ended;
  });
});

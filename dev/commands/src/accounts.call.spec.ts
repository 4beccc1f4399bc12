import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { TwilioSimulator } from '@tandem/simulators';
import { CALLER, DIALLED, RunningPlatform, spokenByCarrier } from './running-platform.ts';

jest.setTimeout(90_000);

const OTHER_ACCOUNT = `AC${'b'.repeat(32)}`;
const FIRST_ACCOUNT = `AC${'a'.repeat(32)}`;

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start({
    twilio: { accountSid: FIRST_ACCOUNT },
    stack: { env: { TWILIO_ACCOUNTS: `${OTHER_ACCOUNT}:token-of-b` } },
  });
});
afterAll(() => platform.stop());

/** A call over a carrier's account of its own; whether it was answered by the agent. */
async function isAnswered(options: ConstructorParameters<typeof TwilioSimulator>[0]): Promise<boolean> {
  const carrier = new TwilioSimulator({ speed: 10, ...options });
  const call = carrier.placeCall({ from: CALLER, to: DIALLED, voiceUrl: platform.voiceUrl, statusCallback: { url: `${platform.publicUrl}/twilio/status` } });
  const isTaken = await Promise.race([call.waitForSpeech().then(() => true, () => false), call.ended.then(() => false)]);
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

  it('remembers which account a call came over', async () => {
    const call = platform.ring();
    await call.waitForSpeech();
    const record = await platform.records.record(await platform.callIdOf(call.sid));
    expect(record?.carrierAccountId).toBe(FIRST_ACCOUNT);
    call.hangup();
    await call.ended;
  });
});

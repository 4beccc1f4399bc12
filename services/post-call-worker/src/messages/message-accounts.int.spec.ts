import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Message } from '@tandem/database';
import { RestSwitch, TwilioSimulator } from '@tandem/simulators';
import { RunningMessages } from './test/running-messages.ts';

const OTHER = { sid: `AC${'b'.repeat(32)}`, token: 'fedcba9876543210fedcba9876543210' };
const OTHER_NUMBER = '+12025550101';

let running: RunningMessages;
let other: TwilioSimulator;
const rest = new RestSwitch();
beforeAll(async () => {
  other = new TwilioSimulator({ accountSid: OTHER.sid, authToken: OTHER.token, numbers: [OTHER_NUMBER] });
  await other.start();
  running = await RunningMessages.start({
    TWILIO_API_URL: await rest.start(),
    TWILIO_ACCOUNTS: `${OTHER.sid}:${OTHER.token}`,
  });
  rest.add(running.twilio, other);
});
afterAll(async () => {
  await running.stop();
  await rest.stop();
  await other.stop();
});
beforeEach(() => running.begin());

const create = async (ownAddress?: string): Promise<Message> => {
  const message = (await running.create(ownAddress === undefined ? {} : { ownAddress })) as Message;
  await running.enqueue(message);
  return running.reaches(message, 'accepted');
};

describe('a message of a call', () => {
  it('goes over the account its number belongs to, and keeps that with it', async () => {
    expect(await create(OTHER_NUMBER)).toMatchObject({ accountId: OTHER.sid });
    expect(await create()).toMatchObject({ accountId: running.twilio.accountSid });
    expect(other.sentSms).toMatchObject([{ from: OTHER_NUMBER, to: running.party }]);
    expect(running.sentSms).toHaveLength(1);
  });
});

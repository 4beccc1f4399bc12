import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { MessageRepository, run, type Message } from '@tandem/database';
import { ChatCompletionsSimulator, TwilioSimulator } from '@tandem/simulators';
import { CALLER, DIALLED, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

const PUBLIC = 'https://voice.example.com';
const smsUrl = `${PUBLIC}/twilio/sms#rc=2&rp=all&ct=2000&rt=5000`;

const model = new ChatCompletionsSimulator({ apiKey: 'key-for-specs' });
let platform: RunningPlatform;

beforeAll(async () => {
  await model.start();
  platform = await RunningPlatform.start({
    twilio: {
      numbers: [DIALLED],
      route: (url) =>
        url.origin === PUBLIC ? new URL(url.pathname + url.search, platform.stack.urls.ingress) : url,
      // Reports overtake each other.
      smsFate: () => ['queued', 'delivered', 'sent'].map((status) => ({ status })),
    },
    stack: {
      env: {
        PUBLIC_BASE_URL: PUBLIC,
        TEXT_MODEL_KIND: 'openai',
        TEXT_MODEL_NAME: 'small',
        TEXT_MODEL_URL: model.baseUrl,
        TEXT_MODEL_API_KEY: 'key-for-specs',
      },
    },
  });
});
afterAll(async () => {
  await platform.stop();
  await model.stop();
});

const write = (body: string, copies = 1) =>
  platform.twilio.receiveSms({ from: CALLER, to: DIALLED, body, smsUrl, copies });

async function eventually<Found>(look: () => Promise<Found | undefined>): Promise<Found> {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new TypeError(`It did not happen. The services said: ${platform.lines.slice(-20).join('\n')}`);
}

async function messages(): Promise<readonly Message[]> {
  const rows: unknown = await run(platform.database, (manager) =>
    manager.query('SELECT tenant_id AS id FROM phone_numbers WHERE e164 = $1', [DIALLED]),
  );
  const [tenant] = rows as { id: Message['tenantId'] }[];
  const list = await new MessageRepository(platform.database).list(tenant!.id, {}, { limit: 50 });
  return list.items;
}
const outbound = (status: string) =>
  eventually(async () =>
    (await messages()).find((message) => message.direction === 'outbound' && message.status === status),
  );

describe('a conversation by text message', () => {
  it('is answered once by the model, and ends where the carrier says it was delivered', async () => {
    model.script({ text: 'We are open until five.' });
    const answers = await write('Are you open?', 3);
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'answered', status: 200 });
    const answer = await outbound('delivered');
    await platform.twilio.smsReported();
    expect(platform.twilio.sentSms).toMatchObject([
      { from: DIALLED, to: CALLER, body: 'We are open until five.', sid: answer.providerId },
    ]);
    expect(await messages()).toMatchObject([{ status: 'delivered' }, { status: 'answered' }]);
    expect(model.seen).toHaveLength(1);
  });

  it('ends with STOP, and nothing of it is in a log', async () => {
    await write('STOP');
    await write('Did that work?');
    expect((await messages()).slice(0, 2)).toMatchObject([
      { status: 'closed', reason: 'opted-out' },
      { status: 'closed', reason: 'consent-stop' },
    ]);
    expect(platform.twilio.sentSms).toHaveLength(1);
    const logs = platform.lines.join('\n');
    for (const secret of ['Are you open', 'open until five', 'Did that work', CALLER.slice(1)])
      expect(logs).not.toContain(secret);
  });

  it('takes no message that is not signed with our token', async () => {
    const forger = new TwilioSimulator({
      authToken: 'another token',
      accountSid: platform.twilio.accountSid,
      route: (url) => new URL(url.pathname + url.search, platform.stack.urls.ingress),
    });
    const [answer] = await forger.receiveSms({ from: CALLER, to: DIALLED, body: 'Hi', smsUrl });
    await forger.stop();
    expect(answer).toMatchObject({ kind: 'answered', status: 403 });
    expect((await messages()).filter(({ body }) => body === 'Hi')).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { acrossTenants, MessageRepository, type Message } from '@tandem/database';
import { ChatCompletionsSimulator, MailSink, scripted, TwilioSimulator } from '@tandem/simulators';
import { answer, CALLER, DIALLED, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

const PUBLIC = 'https://voice.example.com';
const smsUrl = `${PUBLIC}/twilio/sms#rc=2&rp=all&ct=2000&rt=5000`;

const model = new ChatCompletionsSimulator({ apiKey: 'key-for-specs' });
const mail = new MailSink('a-password');
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
        SMTP_URL: await mail.start(),
        MAIL_FROM: 'Demo Plumbing <office@demo.example>',
      },
    },
  });
});
afterAll(async () => {
  await platform.stop();
  await model.stop();
  await mail.stop();
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
  const rows: unknown = await acrossTenants(platform.database, 'installation', (manager) =>
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

describe('an agent on the telephone', () => {
  it('sends a text message to the caller and an e-mail to their address on file', async () => {
    await acrossTenants(platform.database, 'installation', (manager) =>
      manager.query(`UPDATE contacts SET email = 'alex@example.com' WHERE phone = $1`, [CALLER]),
    );
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: [
            { name: 'send_sms', arguments: { text: 'Monday at nine.', to: '+19005550000' } },
            { name: 'send_email', arguments: { subject: 'Your visit', text: '- Monday\n- <b>nine</b>' } },
          ],
          then: { say: 'Both are on their way.' },
        },
      ],
      otherwise: 'I see.',
    });
    await platform.withAgent({ tools: ['send_sms', 'send_email', 'end_call'] }, async () => {
      const call = platform.ring();
      await answer(call);
      await outbound('delivered');
      await outbound('sent');
      call.hangup();
      await call.ended;
      const { callId, toolCalls } = await platform.recorded(call.sid);
      expect(toolCalls.map(({ name, outcome }) => `${name} ${outcome?.status}`).sort()).toEqual([
        'send_email ok',
        'send_sms ok',
      ]);
      expect(await messages()).toMatchObject([{ callId }, { callId }]);
    });
    expect(platform.twilio.sentSms).toMatchObject([{ from: DIALLED, to: CALLER, body: 'Monday at nine.' }]);
    expect(mail.taken).toMatchObject([{ from: 'office@demo.example', to: ['alex@example.com'] }]);
    expect(mail.taken[0]?.raw).toMatch(/^X-From-Ai-Assistant: true\r$/im);
    expect(mail.taken[0]?.raw).not.toContain('<b>nine</b></li>');
    await acrossTenants(platform.database, 'installation', (manager) =>
      manager.query('DELETE FROM messages'),
    );
  });
});

describe('a conversation by text message', () => {
  it('is answered once by the model, and ends where the carrier says it was delivered', async () => {
    model.script({ text: 'We are open until five.' });
    const answers = await write('Are you open?', 3);
    for (const answer of answers) expect(answer).toMatchObject({ kind: 'answered', status: 200 });
    const sent = await outbound('delivered');
    await platform.twilio.smsReported();
    expect(platform.twilio.sentSms.slice(1)).toMatchObject([
      { from: DIALLED, to: CALLER, body: 'We are open until five.', sid: sent.providerId },
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
    expect(platform.twilio.sentSms).toHaveLength(2);
    const logs = platform.lines.join('\n');
    for (const secret of [
      'Are you open',
      'open until five',
      'Did that work',
      'Monday at nine',
      CALLER.slice(1),
    ])
      expect(logs).not.toContain(secret);
  });

  it('takes no message that is not signed with our token', async () => {
    const forger = new TwilioSimulator({
      authToken: 'another token',
      accountSid: platform.twilio.accountSid,
      route: (url) => new URL(url.pathname + url.search, platform.stack.urls.ingress),
    });
    const [reply] = await forger.receiveSms({ from: CALLER, to: DIALLED, body: 'Hi', smsUrl });
    await forger.stop();
    expect(reply).toMatchObject({ kind: 'answered', status: 403 });
    expect((await messages()).filter(({ body }) => body === 'Hi')).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DEMO_TENANT_ID } from '@tandem/database';
import {
  ChatCompletionsSimulator,
  MailSink,
  scripted,
  WebSearchSimulator,
  type ScriptedTurn,
} from '@tandem/simulators';
import { messagingEnv, MODEL_KEY, publicCarrier, SMS_URL, textModelEnv } from '../testing/messaging.ts';
import { answer, CALLER, DIALLED, RunningPlatform, type StoredCall } from '../testing/running-platform.ts';

/* What the business of the seeds does for its callers, each in a whole call. */

jest.setTimeout(90_000);

const STRANGER = '+12025550195';

const model = new ChatCompletionsSimulator({ apiKey: MODEL_KEY });
const mail = new MailSink('a-password');
const engine = new WebSearchSimulator('searxng');
let platform: RunningPlatform;

beforeAll(async () => {
  await model.start();
  const engineUrl = await engine.start();
  platform = await RunningPlatform.start({
    twilio: publicCarrier(() => platform),
    stack: {
      env: {
        ...messagingEnv(await mail.start()),
        ...textModelEnv(model),
        WEB_SEARCH_KIND: 'searxng',
        WEB_SEARCH_URL: engineUrl,
      },
    },
  });
});
afterAll(async () => {
  await platform.stop();
  await model.stop();
  await mail.stop();
  await engine.stop();
});

/** A caller says one thing, and the model does what the turn says. */
async function talk(turn: ScriptedTurn, from = CALLER): Promise<StoredCall> {
  platform.model.behaviour = scripted({ turns: [{ ifHeard: '', ...turn }], otherwise: 'Goodbye.' });
  const call = platform.ring({ from, extraFields: { StirVerstat: 'TN-Validation-Passed-A' } });
  await answer(call);
  await call.waitForSpeech();
  await call.waitForSilence(400);
  call.hangup();
  await call.ended;
  return platform.recorded(call.sid);
}

const greetingOf = ({ transcript }: StoredCall) =>
  transcript.find(({ speaker }) => speaker === 'agent')?.text ?? '';
const outcomeOf = ({ toolCalls }: StoredCall, tool: string) =>
  toolCalls.find(({ name }) => name === tool)?.outcome;

describe('the business of the seeds', () => {
  it('greets a caller it knows by name, and a stranger without one', async () => {
    const greetingKnown = 'Hello {{caller.first_name}}, this is {{agent}}. How can I help?';
    await platform.withAgent({ texts: { en: { greetingKnown } } }, async () => {
      expect(greetingOf(await talk({ say: 'I see.' }))).toBe('Hello Alex, this is Sarah. How can I help?');
      expect(greetingOf(await talk({ say: 'I see.' }, STRANGER))).toMatch(/^Thank you for calling/);
    });
  });

  it('puts a lead on record with its urgency, for the number that called', async () => {
    const lead = { summary: 'A new boiler before the weekend.', urgency: 'emergency', name: 'Kim Park' };
    const call = await talk(
      { call: { name: 'create_lead', arguments: lead }, then: { say: 'Noted.' } },
      STRANGER,
    );
    expect(outcomeOf(call, 'create_lead')).toMatchObject({ status: 'ok' });
    expect(
      await platform.sql(
        `SELECT l.urgency, l.summary, c.phone FROM leads l JOIN contacts c ON c.id = l.contact_id
         WHERE l.call_id = $1`,
        call.callId,
      ),
    ).toEqual([{ urgency: 'emergency', summary: lead.summary, phone: STRANGER }]);
  });

  it('tells a caller the carrier vouches for about their earlier calls', async () => {
    const call = await talk({ call: { name: 'get_caller_history' }, then: { say: 'You called before.' } });
    expect(outcomeOf(call, 'get_caller_history')).toMatchObject({ status: 'ok' });
    expect(JSON.stringify(outcomeOf(call, 'get_caller_history'))).not.toContain('Kim Park');
  });

  it('changes the microphone distance for a caller who holds the phone far away', async () => {
    const call = await talk({
      call: { name: 'update_mic_distance', arguments: { distance: 'far_field' } },
      then: { say: 'Better now?' },
    });
    expect(outcomeOf(call, 'update_mic_distance')).toMatchObject({ status: 'ok' });
    expect(JSON.stringify(platform.model.sessions.at(-1)!.config)).toContain('far_field');
  });

  it('says goodbye before it hangs up', async () => {
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: { name: 'end_call', arguments: { reason: 'caller-done' } },
          then: { say: 'Thank you and goodbye.' },
        },
      ],
      otherwise: 'I see.',
    });
    const call = platform.ring();
    await answer(call);
    await call.ended;
    const { termination, transcript } = await platform.recorded(call.sid);
    expect(termination).toMatchObject({ reason: 'agent-goodbye' });
    expect(transcript.at(-1)).toMatchObject({ text: 'Thank you and goodbye.', interrupted: false });
  });

  it('mails a member of a group to the address on file, and nobody else', async () => {
    await platform.withAgent({ tools: ['send_email', 'end_call'] }, async () => {
      const mailing = {
        call: { name: 'send_email', arguments: { subject: 'Your visit', text: 'On Monday.' } },
        then: { say: 'It is on its way.' },
      };
      const call = await talk(mailing);
      expect(call.callerGroup).toBe('primary');
      expect(outcomeOf(call, 'send_email')).toMatchObject({ status: 'ok' });
      expect(outcomeOf(await talk(mailing, STRANGER), 'send_email')).toMatchObject({ reason: 'no-email' });
      await platform.eventually(
        () => mail.taken,
        ({ length }) => length > 0,
        'the mail',
      );
      expect(mail.taken.map(({ to }) => to)).toEqual([['alex.morgan@example.com']]);
    });
  });

  it('answers a text message after a search of the web', async () => {
    engine.pages = [
      { title: 'Boilers', url: 'https://heating.example/pressure', text: 'Between one and two bar.' },
    ];
    await platform.withAgent({ tools: ['web_search'] }, async () => {
      model.script(
        { calls: [{ name: 'web_search', input: { query: 'boiler pressure' } }] },
        { text: 'Between one and two bar.' },
      );
      await platform.twilio.receiveSms({
        from: CALLER,
        to: DIALLED,
        body: 'Which pressure is right?',
        smsUrl: SMS_URL,
      });
      await platform.eventually(
        () => platform.twilio.sentSms,
        (sent) => sent.some(({ to, body }) => to === CALLER && body === 'Between one and two bar.'),
        'the answer',
      );
      expect(model.seen).toHaveLength(2);
      expect(engine.seen.map(({ query }) => query)).toEqual(['boiler pressure']);
      expect(JSON.stringify(model.seen[1]?.body)).toContain('heating.example');
    });
  });

  it('leaves nothing for another tenant', async () => {
    const rows = await platform.sql<{ tenant_id: string }>(
      'SELECT DISTINCT tenant_id FROM leads UNION SELECT tenant_id FROM messages',
    );
    expect(rows.map(({ tenant_id: tenant }) => tenant)).toEqual([DEMO_TENANT_ID]);
  });
});

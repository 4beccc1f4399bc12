import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { guided, scripted, type SimulatedCall } from '@tandem/simulators';
import { answer, CALLER, DIALLED, RunningPlatform, spokenByCarrier } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

const BLOCKED = '+12025550166';
const TRUNK_TO = 'sip:+12025550100@northwind-home-services.sip.us1.twilio.com;transport=tls';
const TRUNK_FROM = 'sip:+12025550123@pbx-1.northwind-home-services.example.com:5061;user=phone';
/** The longest address that is accepted, without a number in it. */
const LONG_HOST = ['a'.repeat(50), 'b'.repeat(60), 'c'.repeat(60), 'd'.repeat(57)].join('.');
const LONG_NAME = `sip:reception@${LONG_HOST}.example.com`;

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
  platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
});
afterAll(() => platform.stop());

/** Places a call that hangs up after the first words; returns the stored call. */
async function greeted(
  call: SimulatedCall,
): Promise<{ from: string; to: string; callerGroup: string | null; refusalReason: string | null }> {
  await call.waitForSpeech();
  call.hangup();
  await call.ended;
  return (await platform.recorded(call.sid)) as never;
}

describe('a number', () => {
  it.each([
    'sip:12025550100@northwind.sip.us1.twilio.com',
    '12025550100',
    '+1 202 555 0100',
    'tel:+12025550100',
  ])('is answered when %s is dialled', async (to) => {
    expect(await greeted(platform.ring({ to }))).toMatchObject({
      from: CALLER,
      to: DIALLED,
      refusalReason: null,
    });
  });

  it.each([
    'sip:2025550123@pbx.example.com',
    '12025550123',
    '2025550123',
    'sip:%2B12025550123@pbx.example.com',
  ])('is its contact’s when %s calls', async (from) => {
    expect(await greeted(platform.ring({ from }))).toMatchObject({
      from: CALLER,
      to: DIALLED,
      callerGroup: 'primary',
    });
  });

  it.each([
    '2025550166',
    '12025550166',
    'sip:2025550166@pbx.example.com',
    'sips:12025550166@pbx.example.com',
  ])('is blocked when %s calls', async (from) => {
    const call = platform.ring({ from });
    expect(spokenByCarrier(await call.ended)).toContain('This number cannot take your call.');
    expect(await platform.recorded(call.sid)).toMatchObject({
      refusalReason: 'caller-blocked',
      from: BLOCKED,
    });
  });

  it('is found on record however it is asked for', async () => {
    const found = async (from: string) =>
      (
        await platform.ask<{ items: { from: string }[] }>(
          `/v1/calls?limit=1&from=${encodeURIComponent(from)}`,
        )
      ).items.map((call) => call.from);
    expect(
      await Promise.all(
        ['+12025550166', '+1 (202) 555-0166', ' 12025550166', 'sip:+12025550166@pbx.example.com'].map(found),
      ),
    ).toEqual(Array(4).fill([BLOCKED]));
  });

  it('that cannot be one is not in service, and nothing breaks', async () => {
    const call = platform.ring({ to: 'a\0b' });
    expect(spokenByCarrier(await call.ended)).toContain('is not in service');
    expect(platform.lines.filter((line) => line.includes('admission failed'))).toEqual([]);
  });
});

describe('a caller over a SIP trunk', () => {
  it('with long addresses is known, looks up and books as with a plain number', async () => {
    const date = mondayAfterNext();
    platform.model.behaviour = guided({ caller: { service: 'plumbing', date } });
    platform.model.addCallerLines({ lines: ['I need a plumber please', 'Yes please', 'No thank you'] });
    const call = platform.ring({ from: TRUNK_FROM, to: TRUNK_TO });
    await platform.answerQuestions(call, 3);
    await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(recorded.toolCalls.map(({ name, outcome }) => `${name} ${outcome?.status}`)).toEqual([
      'lookup_customer ok',
      'check_availability ok',
      'book_appointment ok',
      'end_call ok',
    ]);
    expect(recorded.toolCalls[0]?.outcome).toMatchObject({ value: { known: true, name: 'Alex Morgan' } });
    const bookings = await platform.sql<{ phone: string }>(
      'SELECT c.phone FROM bookings b JOIN contacts c ON c.id = b.contact_id WHERE b.call_id = $1',
      recorded.callId,
    );
    expect(bookings).toEqual([{ phone: CALLER }]);
  });

  it('without a number, under the longest address there may be, uses tools too', async () => {
    expect(LONG_NAME).toHaveLength(256);
    platform.model.behaviour = scripted({
      turns: [
        {
          call: [
            { name: 'lookup_customer' },
            { name: 'check_availability', arguments: { service: 'plumbing', date: mondayAfterNext() } },
          ],
          then: { say: 'That day is free.' },
        },
      ],
    });
    const call = platform.ring({ from: LONG_NAME, to: TRUNK_TO });
    await answer(call);
    await call.waitForSpeech();
    call.hangup();
    await call.ended;
    const recorded = await platform.recorded(call.sid);
    expect(recorded.toolCalls.map(({ name, outcome }) => `${name} ${outcome?.status}`)).toEqual([
      'lookup_customer ok',
      'check_availability ok',
    ]);
    expect(recorded).toMatchObject({ from: LONG_NAME });
  });
});

describe('one number written in two ways', () => {
  it('is one contact and one block, whichever way the carrier writes it', async () => {
    const crm = platform.stack.urls.crmApi;
    const add = (phone: string, name: string) =>
      fetch(`${crm}/v1/contacts`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${platform.stack.secrets.demoApiKey}`,
          'content-type': 'application/json',
          'idempotency-key': `contact-${phone}`,
        },
        body: JSON.stringify({ phone, name }),
      });
    platform.model.behaviour = scripted({ turns: [], otherwise: 'Hello.' });
    for (const [one, other, stored] of [
      ['+5215500000000', '+525500000000', '+525500000000'],
      ['+551187654321', '+5511987654321', '+5511987654321'],
      ['+541123456789', '+5491123456789', '+541123456789'],
    ] as const) {
      const made = await add(one, 'Ana');
      expect([made.status, ((await made.json()) as { phone: string }).phone]).toEqual([201, stored]);
      expect((await add(other, 'Ana')).status).toBe(409);
      await platform.change('PUT', `/v1/blocked-callers/${encodeURIComponent(one)}`, {});
      for (const from of [one, other])
        expect(spokenByCarrier(await platform.ring({ from }).ended)).toContain('cannot take your call');
      await platform.change('DELETE', `/v1/blocked-callers/${encodeURIComponent(other)}`);
      await greeted(platform.ring({ from: one }));
    }
  });
});

describe('a caller who is not taken', () => {
  it('hears the name of the business that the agent’s owner set', async () => {
    await platform.withAgent({ companyName: 'Bright Smile Dental' }, async () => {
      const refused = spokenByCarrier(await platform.ring({ from: BLOCKED }).ended);
      expect(refused).toBe(
        'Thank you for calling Bright Smile Dental. This number cannot take your call. Goodbye.',
      );
    });
  });
});

/** A day with free times. */
function mondayAfterNext(): string {
  const day = new Date();
  day.setUTCDate(day.getUTCDate() + ((8 - day.getUTCDay()) % 7 || 7) + 7);
  return day.toISOString().slice(0, 10);
}

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scripted } from '@tandem/simulators';
import { answer, RunningPlatform } from '../testing/running-platform.ts';

jest.setTimeout(90_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());

/** Asks crm-api as the demo's operator. */
async function crm<Answer>(method: 'GET' | 'POST' | 'PATCH', path: string, body?: object): Promise<Answer> {
  const response = await fetch(platform.stack.urls.crmApi + path, {
    method,
    headers: {
      authorization: `Bearer ${platform.stack.secrets.demoApiKey}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  if (!response.ok) throw new TypeError(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as Answer;
}

interface Offer {
  readonly slots: readonly { readonly start: string; readonly resource: { readonly name: string } }[];
}

describe('a caller in one zone', () => {
  it('is told the zone of the postcode, and gets the engineer who goes there', async () => {
    await crm('POST', '/v1/zones', {
      key: 'north',
      name: 'North side',
      postcodes: [{ country: 'US', codes: ['12207'] }],
    });
    await crm('POST', '/v1/zones', { key: 'south', name: 'South side' });
    const { items } = await crm<{ items: { id: string; name: string }[] }>('GET', '/v1/resources');
    const date = new Date(Date.now() + (15 - new Date().getUTCDay()) * 86_400_000).toISOString().slice(0, 10);
    const path = `/v1/availability?service=plumbing&date=${date}`;
    const { slots: anybody } = await crm<Offer>('GET', path);
    const north = anybody.at(-1)!.resource.name;
    for (const { id, name } of items)
      await crm('PATCH', `/v1/resources/${id}`, { zones: [name === north ? 'north' : 'south'] });
    const { slots } = await crm<Offer>('GET', `${path}&zone=north`);
    const booking = { service: 'plumbing', start: slots[0]!.start, zone: 'north', name: 'Alex Morgan' };
    await platform.publish({ tools: ['find_zone', 'check_availability', 'book_appointment'] });
    platform.model.behaviour = scripted({
      turns: [
        {
          ifHeard: '',
          call: { name: 'find_zone', arguments: { postcode: '12207-1234', country: '', place: '' } },
        },
        {
          ifToolOutput: 'find_zone',
          ifOutputContains: 'north',
          call: { name: 'book_appointment', arguments: booking },
        },
        { ifToolOutput: 'book_appointment', ifOutputContains: '"ok"', say: 'It is booked.' },
      ],
      otherwise: 'I see.',
    });
    const call = platform.ring();
    await answer(call);
    await call.waitForSpeech();
    await call.waitForSilence(600);
    call.hangup();
    await call.ended;
    expect((await platform.recorded(call.sid)).toolCalls).toMatchObject([
      { outcome: { status: 'ok', value: { served: true, zone: 'north', spoken: '1 2 2 0 7, 1 2 3 4' } } },
      { outcome: { status: 'ok', value: { resource: north } } },
    ]);
  });
});

import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { scripted } from '@tandem/simulators';
import { freeTimes } from '../testing/free-times.ts';
import { RunningPlatform } from '../testing/running-platform.ts';
import { shortCall } from '../testing/short-call.ts';

jest.setTimeout(90_000);

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());

describe('a caller in one zone', () => {
  it('is told the zone of the postcode, and gets the engineer who goes there', async () => {
    await platform.crm('POST', '/v1/zones', {
      key: 'north',
      name: 'North side',
      postcodes: [{ country: 'US', codes: ['12207'] }],
    });
    await platform.crm('POST', '/v1/zones', { key: 'south', name: 'South side' });
    const { items } = await platform.crm<{ items: { id: string; name: string }[] }>('GET', '/v1/resources');
    const date = new Date(Date.now() + (15 - new Date().getUTCDay()) * 86_400_000).toISOString().slice(0, 10);
    const north = (await freeTimes(platform, date)).at(-1)!.resource.name;
    for (const { id, name } of items)
      await platform.crm('PATCH', `/v1/resources/${id}`, { zones: [name === north ? 'north' : 'south'] });
    const [offered] = await freeTimes(platform, date, 'north');
    const booking = { service: 'plumbing', start: offered!.start, zone: 'north', name: 'Alex Morgan' };
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
    const call = await shortCall(platform);
    expect((await platform.recorded(call.sid)).toolCalls).toMatchObject([
      { outcome: { status: 'ok', value: { served: true, zone: 'north', spoken: '1 2 2 0 7, 1 2 3 4' } } },
      { outcome: { status: 'ok', value: { resource: north } } },
    ]);
  });
});

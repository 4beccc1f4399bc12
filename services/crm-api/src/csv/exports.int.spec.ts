import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nineOclock, RunningCrm } from '../test/running-crm.ts';

describe('files of a business', () => {
  let crm: RunningCrm;
  let apiKey: string;
  beforeAll(async () => {
    crm = await RunningCrm.start();
    ({ apiKey } = await crm.business());
    const post = (path: string, body: object) => crm.ask('POST', path, { as: apiKey, body });
    await post('/v1/bookings', {
      service: 'plumbing',
      start: nineOclock(3),
      contactPhone: '+12025550123',
      name: '=HYPERLINK("x")',
    });
    await post('/v1/leads', { name: 'Alex', summary: 'Wants a quote, soon.' });
  });
  afterAll(() => crm.stop());

  it.each([
    ['bookings', ['booked', 'plumbing', 'Engineer 1', "'+12025550123", `"'=HYPERLINK(""x"")"`]],
    ['leads', ['Alex', '"Wants a quote, soon."', 'api', 'new']],
    ['services', ['plumbing', 'Plumbing', '60']],
    ['contacts', ["'+12025550123", `"'=HYPERLINK(""x"")"`]],
  ])('have %s in them, and no formula', async (name, cells) => {
    const { status, headers, text } = await crm.ask('GET', `/v1/${name}.csv`, { as: apiKey });
    expect([status, headers.get('content-disposition')]).toEqual([200, `attachment; filename="${name}.csv"`]);
    const [header, row, end] = text.split('\r\n');
    expect([header?.startsWith('id,'), end]).toEqual([true, '']);
    for (const cell of cells) expect(row).toContain(cell);
  });

  it('show what the filters of the lists leave', async () => {
    const { text } = await crm.ask('GET', '/v1/bookings.csv?status=cancelled', { as: apiKey });
    expect(text.split('\r\n')).toHaveLength(2);
    expect((await crm.ask('GET', '/v1/leads.csv?stage=x', { as: apiKey })).body.code).toBe('invalid-request');
  });
});

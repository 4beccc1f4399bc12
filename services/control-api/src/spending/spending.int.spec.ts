import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningControl } from '../test/running-control.ts';

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

describe('a budget', () => {
  it('is set limit by limit: what is left out stays', async () => {
    const { apiKey } = await control.operator();
    const set = async (body: object) => (await control.ask('PUT', '/v1/spending/budget', apiKey, body)).body;
    expect(await set({ dailyUsd: 10 })).toEqual({ dailyUsd: 10, monthlyUsd: null, warnShare: 0.8 });
    expect(await set({ monthlyUsd: 200 })).toEqual({ dailyUsd: 10, monthlyUsd: 200, warnShare: 0.8 });
    expect(await set({ warnShare: 0.5 })).toEqual({ dailyUsd: 10, monthlyUsd: 200, warnShare: 0.5 });
    expect(await set({ dailyUsd: null })).toEqual({ dailyUsd: null, monthlyUsd: 200, warnShare: 0.5 });
    expect((await control.ask('GET', '/v1/spending/budget', apiKey)).body).toEqual({
      dailyUsd: null,
      monthlyUsd: 200,
      warnShare: 0.5,
    });
    expect(await set({})).toMatchObject({ code: 'invalid-request' });
  });

  it('changed concurrently keeps every limit', async () => {
    const { apiKey } = await control.operator();
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        control.ask(
          'PUT',
          '/v1/spending/budget',
          apiKey,
          index % 2 === 0 ? { dailyUsd: 7 } : { monthlyUsd: 70 },
        ),
      ),
    );
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await control.ask('GET', '/v1/spending/budget', apiKey)).body).toMatchObject({
      dailyUsd: 7,
      monthlyUsd: 70,
    });
  });
});

describe('spending', () => {
  it('without a month is that of the current month of the tenant', async () => {
    const { apiKey, tenantId } = await control.operator();
    await control.sql(`UPDATE tenants SET time_zone = 'Pacific/Kiritimati' WHERE id = $1`, tenantId);
    const month = new Intl.DateTimeFormat('en-CA', {
      timeZone: 'Pacific/Kiritimati',
      year: 'numeric',
      month: '2-digit',
    }).format(Date.now());
    expect(await control.ask('GET', '/v1/spending', apiKey)).toMatchObject({
      status: 200,
      body: { month, days: [] },
    });
  });
});

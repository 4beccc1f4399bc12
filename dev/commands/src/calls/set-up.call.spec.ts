import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { localDate } from '@tandem/contracts';
import { checkoutRoot } from '@tandem/stack';
import { runBlocks, shellBlocks } from '../docs/shell-blocks.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { RunningPlatform, spokenByCarrier } from '../testing/running-platform.ts';

jest.setTimeout(120_000);

const BLOCKS = shellBlocks(readFileSync(join(checkoutRoot, 'docs/set-up.md'), 'utf8'));
/** The key of the business: the page ends with that of its staff. */
const KEPT = 'OWNER_KEY=$KEY';
const WANTED = ['OWNER_KEY', 'NUMBER', 'STAFF_KEY'] as const;
const PRACTICE = '+13125550142';

let platform: RunningPlatform;
beforeAll(async () => {
  platform = await RunningPlatform.start();
});
afterAll(() => platform.stop());

/** Runs the page as a reader does. */
function followPage() {
  const { urls, secrets } = platform.stack;
  return runBlocks(
    BLOCKS.flatMap((block) => (block.includes('/v1/tenants') ? [block, KEPT] : [block])),
    {
      CONTROL: urls.controlApi,
      CRM: urls.crmApi,
      PLATFORM_KEY: secrets.demoApiKey,
      MONDAY: nextMonday(),
    },
    WANTED,
  );
}

describe('the page about setting up a business', () => {
  it('has blocks for each step, with nothing left to fill in', () => {
    expect(BLOCKS.length).toBeGreaterThan(8);
    expect(BLOCKS.filter((block) => /…|<[a-z]/.test(block))).toEqual([]);
  });

  it('sets up a practice by curl alone, and does nothing twice when it is followed again', async () => {
    const first = await followPage();
    const again = await followPage();
    expect(again.variables).toEqual(first.variables);
    const { NUMBER, STAFF_KEY } = first.variables;
    const { items: tenants } = await platform.ask<{ items: { name: string }[] }>('/v1/tenants');
    expect(tenants.map(({ name }) => name).sort()).toEqual([
      'Bright Smile Dental',
      'Northwind Home Services',
    ]);
    const [row] = await platform.sql<{ company: string; agent: string; opens: string; closed: string }>(
      `SELECT tenant.company_name AS company, agent.name AS agent,
         (SELECT count(*) FROM opening_hours WHERE phone_number_id = number.id)::text AS opens,
         (SELECT count(*) FROM closed_dates WHERE tenant_id = tenant.id)::text AS closed
       FROM phone_numbers number JOIN tenants tenant ON tenant.id = number.tenant_id
       JOIN agents agent ON agent.id = number.agent_id AND agent.published_version = 1 WHERE number.id = $1`,
      NUMBER,
    );
    expect(row).toEqual({ company: 'Bright Smile Dental', agent: 'Reception', opens: '4', closed: '2' });
    expect(await platform.ask('/v1/calls', STAFF_KEY)).toEqual({ items: [], nextCursor: null });
    const offered = JSON.parse(first.outputs.at(-1) ?? '') as {
      timeZone: string;
      slots: { resource: { name: string } }[];
    };
    expect(offered.timeZone).toBe('America/Chicago');
    expect(offered.slots.map(({ resource }) => resource.name)).toContain('Dr. Chen');
  });

  it('leaves a number that is answered, and says on a closed date that the practice is closed', async () => {
    const { OWNER_KEY: key = '', NUMBER } = (await followPage()).variables;
    const change = async (method: string, path: string, body: object): Promise<void> => {
      const { status } = await fetch(platform.stack.urls.controlApi + path, {
        method,
        headers: {
          authorization: `Bearer ${key}`,
          'idempotency-key': `${method}-${path}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(body),
      });
      // 409 on the one day that the page closes itself.
      expect({ path, isDone: status < 300 || status === 409 }).toEqual({ path, isDone: true });
    };
    await change('PUT', `/v1/numbers/${NUMBER}/opening-hours`, { hours: [], isAlwaysOpen: true });
    const answered = platform.ring({ to: PRACTICE });
    await answered.waitForSpeech();
    answered.hangup();
    await answered.ended;
    await change('POST', '/v1/closed-dates', {
      date: localDate(new Date(), 'America/Chicago'),
      name: 'Training',
    });
    const refused = await platform.ring({ to: PRACTICE }).ended;
    expect(spokenByCarrier(refused)).toMatch(/^Thank you for calling Bright Smile Dental\. We are closed/);
    await platform.eventually(
      () => platform.ask<{ items: { to: string; refusalReason: string | null }[] }>('/v1/calls', key),
      ({ items }) =>
        items.length === 2 &&
        items.every(({ to }) => to === PRACTICE) &&
        items.some(({ refusalReason }) => refusalReason === 'closed'),
      'both calls to be on record',
    );
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { ClaimedCrmDelivery } from '@tandem/database';
import { RunningCrm } from './test/running-crm.ts';
import { OAUTH, RunningSystems } from './test/running-systems.ts';

let crm: RunningCrm;
let systems: RunningSystems;
beforeAll(async () => {
  crm = await RunningCrm.start();
});
afterAll(() => crm.stop());
beforeEach(async () => {
  systems = await new RunningSystems().start();
  await crm.begin();
});
afterEach(async () => {
  await crm.end();
  await systems.stop();
});

const KINDS = [
  {
    kind: 'hubspot',
    settings: () => ({ baseUrl: systems.hubspot.url }),
    credentials: { kind: 'oauth', ...OAUTH },
    tokenPath: '/oauth/v1/token',
  },
  {
    kind: 'salesforce',
    settings: () => ({ loginUrl: systems.salesforce.url }),
    credentials: { kind: 'refresh-token', clientId: OAUTH.clientId, refreshToken: OAUTH.refreshToken },
    tokenPath: '/services/oauth2/token',
  },
] as const;

/** Events as workers have claimed them, all before any was pushed: with the credentials of that moment. */
async function claimed(count: number): Promise<ClaimedCrmDelivery[]> {
  for (let made = 0; made < count; made += 1) {
    const lead = { leadId: randomUUID(), contact: null };
    await crm.happen('lead.created', lead, { subject: { kind: 'lead', id: lead.leadId } });
  }
  const found: ClaimedCrmDelivery[] = [];
  const claim = { free: 20, places: 20, perEndpoint: 20, underWay: new Map(), leaseMs: 60_000 };
  await crm.eventually(async () => {
    found.push(...(await crm.deliveries.claim(claim)));
    return found.length === count;
  });
  return found;
}

describe.each(KINDS)('an access token of $kind', ({ kind, settings, credentials, tokenPath }) => {
  const connect = () => crm.connect({ kind, settings: settings(), credentials, events: ['lead.created'] });
  const tokenRequests = () => systems[kind].requests.filter(({ path }) => path === tokenPath);

  it('is got once by workers that need one at the same time, and again once it was refused', async () => {
    await connect();
    const workers = Array.from({ length: 4 }, () => crm.pusher());
    const first = await claimed(4);
    await Promise.all(first.map((delivery, at) => workers[at]!.push(delivery)));
    expect(tokenRequests()).toMatchObject([{ status: 200 }]);
    systems[kind].expireTokens();
    const second = await claimed(4);
    await Promise.all(second.map((delivery, at) => workers[at]!.push(delivery)));
    expect(tokenRequests()).toMatchObject([{ status: 200 }, { status: 200 }]);
    for (const worker of workers) worker.close();
  });

  it('is got with what credentials were renewed to, however old those of the event are', async () => {
    await connect();
    const [early, late] = await claimed(2);
    const [one, other] = [crm.pusher(), crm.pusher()];
    await one.push(early!);
    systems[kind].expireTokens();
    await one.push(early!);
    systems[kind].expireTokens();
    await other.push(late!);
    expect(tokenRequests()).toHaveLength(3);
    expect(tokenRequests().every(({ status }) => status === 200)).toBe(true);
    for (const worker of [one, other]) worker.close();
  });

  it('is of no use to credentials that an operator has set since', async () => {
    const id = await connect();
    const [delivery] = await claimed(1);
    const worker = crm.pusher();
    const lease = await crm.renewals.begin('crm', id, 60_000);
    const set = { ...credentials, refreshToken: 'set by an operator' };
    const sealed = crm.secrets.sealCredentials(id, set);
    await crm.change(id, { sealedCredentials: sealed });
    expect(await crm.renewals.store('crm', id, lease!.renewalId, 'late.AAAAAAAA')).toBe(false);
    await expect(worker.push(delivery!)).rejects.toMatchObject({ code: 'token-refused' });
    const [row] = await crm.sql('SELECT sealed_credentials, renewing_until FROM crm_connections');
    expect(row).toEqual({ sealed_credentials: sealed, renewing_until: null });
    worker.close();
  });

  it('is got by another worker once the one that began is gone', async () => {
    const id = await connect();
    const [delivery] = await claimed(1);
    await crm.renewals.begin('crm', id, 300);
    const worker = crm.pusher();
    await worker.push(delivery!);
    expect(tokenRequests()).toMatchObject([{ status: 200 }]);
    worker.close();
  });
});

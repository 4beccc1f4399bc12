import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sealer } from '@tandem/call-state';
import { CALENDAR_SECRETS_PURPOSE, calendarCredentialsPlace } from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';
import { GoogleCalendarSimulator, MicrosoftGraphSimulator } from '@tandem/simulators';
import { CONTROL_SECRET, RunningControl } from '../test/running-control.ts';

const sealer = new Sealer(deriveKeys([CONTROL_SECRET], CALENDAR_SECRETS_PURPOSE));
const google = new GoogleCalendarSimulator();
const microsoft = new MicrosoftGraphSimulator();
const simulators = { google, microsoft };

let control: RunningControl;
beforeAll(async () => {
  await Promise.all([google.start(), microsoft.start()]);
  control = await RunningControl.start({
    OUTBOUND_TRUSTED_NETWORKS: '127.0.0.0/8',
    CALENDAR_REDIRECT_URL: google.authority.options.redirectUrl,
    GOOGLE_CALENDAR_CLIENT_ID: google.authority.options.clientId,
    GOOGLE_CALENDAR_CLIENT_SECRET: google.authority.options.clientSecret,
    GOOGLE_CALENDAR_TOKEN_URL: google.tokenUrl,
    MICROSOFT_CALENDAR_CLIENT_ID: microsoft.authority.options.clientId,
    MICROSOFT_CALENDAR_CLIENT_SECRET: microsoft.authority.options.clientSecret,
    MICROSOFT_CALENDAR_LOGIN_URL: microsoft.loginUrl,
  });
});
afterAll(async () => {
  await control.stop();
  await Promise.all([google.stop(), microsoft.stop()]);
});

async function given(kind: string) {
  const { tenantId, apiKey } = await control.operator();
  const [resource] = await control.sql<{ id: string }>(
    `INSERT INTO resources (tenant_id, name) VALUES ($1, 'Maria') RETURNING id`,
    tenantId,
  );
  const made = await control.ask('POST', '/v1/calendar-connections', apiKey, {
    resource: resource!.id,
    kind,
    address: 'primary',
  });
  const id = String(made.body['id']);
  const state = async () =>
    (await control.ask('GET', `/v1/calendar-connections/${id}`, apiKey)).body['state'];
  const authorize = async () => {
    const answer = await control.ask('POST', `/v1/calendar-connections/${id}/authorize`, apiKey);
    return String(answer.body['url']);
  };
  return { id, apiKey, state, authorize };
}

const finish = (query: string) => control.ask('GET', `/oauth/calendar/callback${query}`);

describe.each(['google', 'microsoft'] as const)('the owner of a calendar of %s', (kind) => {
  const { authority } = simulators[kind];

  it('agrees on a page, and the calendar is connected with sealed tokens', async () => {
    const { id, state, authorize } = await given(kind);
    expect(await state()).toBe('needs-authorization');
    const back = authority.agree(await authorize());
    const answer = await finish(back.search);
    expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('is connected')]);
    expect(await state()).toBe('waiting');
    const [stored] = await control.sql<{ sealed: string }>(
      'SELECT sealed_credentials AS sealed FROM calendar_connections WHERE id = $1',
      id,
    );
    expect(sealer.open(stored!.sealed, calendarCredentialsPlace(id))).toMatchObject({
      refreshToken: expect.any(String),
    });
    // A code works once.
    expect((await finish(back.search)).body).toMatchObject({ code: 'authorization-failed' });
  });

  it('is not connected by a forged state, a refusal, or the code of another request', async () => {
    const { state, authorize } = await given(kind);
    const back = authority.agree(await authorize());
    const forged = new URL(back);
    forged.searchParams.set('state', 'x'.repeat(60));
    expect((await finish(forged.search)).body).toMatchObject({ code: 'authorization-state-refused' });
    const refused = new URL(back);
    refused.searchParams.delete('code');
    refused.searchParams.set('error', 'access_denied');
    expect((await finish(refused.search)).body).toMatchObject({ code: 'authorization-failed' });
    const other = authority.agree(await authorize());
    other.searchParams.set('code', back.searchParams.get('code') ?? '');
    expect((await finish(other.search)).body).toMatchObject({ code: 'authorization-failed' });
    expect(await state()).toBe('needs-authorization');
  });
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Sealer } from '@tandem/call-state';
import { CALENDAR_SECRETS_PURPOSE, calendarCredentialsPlace } from '@tandem/contracts';
import { deriveKeys } from '@tandem/platform';
import { CONTROL_SECRET, RunningControl, type Operator } from '../test/running-control.ts';

const LOGIN = { username: 'maria', password: 'a very secret password' };
const sealer = new Sealer(deriveKeys([CONTROL_SECRET], CALENDAR_SECRETS_PURPOSE));

let control: RunningControl;
beforeAll(async () => {
  control = await RunningControl.start();
});
afterAll(() => control.stop());

async function given(): Promise<Operator & { resource: string }> {
  const operator = await control.operator();
  const [resource] = await control.sql<{ id: string }>(
    `INSERT INTO resources (tenant_id, name) VALUES ($1, 'Maria') RETURNING id`,
    operator.tenantId,
  );
  return { ...operator, resource: resource!.id };
}

const connect = ({ apiKey, resource }: { apiKey: string; resource: string }, more: object = {}) =>
  control.ask('POST', '/v1/calendar-connections', apiKey, {
    resource,
    kind: 'caldav',
    address: 'https://dav.example.com/maria/',
    ...LOGIN,
    ...more,
  });

describe('a connected calendar', () => {
  it('is made, shown without its password, tried, given another password and deleted', async () => {
    const owner = await given();
    const made = await connect(owner);
    expect([made.status, made.body]).toEqual([
      201,
      {
        id: expect.any(String),
        resource: owner.resource,
        kind: 'caldav',
        address: 'https://dav.example.com/maria/',
        detail: 'service',
        state: 'waiting',
        lastFault: null,
        lastFaultAt: null,
        busyReadAt: null,
        pending: 0,
        createdAt: expect.any(String),
      },
    ]);
    const id = String(made.body['id']);
    const at = `/v1/calendar-connections/${id}`;
    const stored = async () =>
      (
        await control.sql<{ sealed: string; state: string }>(
          'SELECT sealed_credentials AS sealed, state FROM calendar_connections WHERE id = $1',
          id,
        )
      )[0]!;
    expect(sealer.open((await stored()).sealed, calendarCredentialsPlace(id))).toEqual(LOGIN);
    await control.sql(`UPDATE calendar_connections SET state = 'needs-authorization' WHERE id = $1`, id);
    const stopped = await control.ask('GET', at, owner.apiKey);
    expect(stopped.body).toMatchObject({ state: 'needs-authorization' });
    const other = { ...LOGIN, password: 'another one' };
    expect((await control.ask('PUT', `${at}/credentials`, owner.apiKey, other)).status).toBe(204);
    expect(sealer.open((await stored()).sealed, calendarCredentialsPlace(id))).toEqual(other);
    expect((await stored()).state).toBe('active');
    expect((await control.ask('POST', `${at}/test`, owner.apiKey)).status).toBe(202);
    const listed = await control.ask('GET', '/v1/calendar-connections', owner.apiKey);
    expect(listed.body['items']).toHaveLength(1);
    for (const { text } of [made, stopped, listed]) expect(text).not.toContain('secret password');
    expect((await control.ask('DELETE', at, owner.apiKey)).status).toBe(204);
    expect((await control.ask('GET', at, owner.apiKey)).body).toMatchObject({
      code: 'calendar-connection-not-found',
    });
  });

  it('is refused at an inner address, for an unknown resource, and without a password', async () => {
    const owner = await given();
    const code = async (more: object) => (await connect(owner, more)).body['code'];
    for (const address of ['http://127.0.0.1/', 'https://169.254.169.254/', 'https://u:p@example.com/'])
      expect(await code({ address })).toBe('address-refused');
    expect(await code({ resource: randomUUID() })).toBe('unknown-resource');
    expect(await code({ password: undefined })).toBe('password-needed');
    expect(await code({ kind: 'fax' })).toBe('invalid-request');
    const stranger = await given();
    expect(await code({ resource: stranger.resource })).toBe('unknown-resource');
  });

  it('with a password has no page to agree on', async () => {
    const owner = await given();
    const id = String((await connect(owner)).body['id']);
    const answer = await control.ask('POST', `/v1/calendar-connections/${id}/authorize`, owner.apiKey);
    expect(answer.body).toMatchObject({ code: 'authorization-not-used' });
  });
});

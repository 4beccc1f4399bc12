import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { TenantId } from '@tandem/contracts';
import { RunningCrm } from '../../test/running-crm.ts';

describe('contacts from a file', () => {
  let crm: RunningCrm;
  let tenantId: TenantId;
  let apiKey: string;
  beforeAll(async () => {
    crm = await RunningCrm.start();
  });
  afterAll(() => crm.stop());
  beforeEach(async () => {
    ({ tenantId, apiKey } = await crm.business());
  });

  const bring = (text: string | Buffer, { query = '', key = String(randomUUID()), type = 'text/csv' } = {}) =>
    crm.ask('POST', `/v1/contacts/import${query}`, {
      as: apiKey,
      key,
      body: text.toString(),
      headers: { 'content-type': type },
    });
  const known = () =>
    crm.sql<{ phone: string; name: string; email: string; notes: string }>(
      'SELECT phone, name, email, notes FROM contacts WHERE tenant_id = $1 ORDER BY phone',
      tenantId,
    );

  const FILE = [
    '\ufeffphone;name;email;notes',
    '+1 202 555 0101;Alex Morgan;ALEX@example.com;"Two\nlines; ""quoted"""',
    '+12025550102;"Lee; Sam";;',
    '(202) 555-0103;No country;;',
    '+12025550101;;;Later row',
    '+12025550104;Bad mail;nobody;',
    '+12025550105;Too;many;cells;here',
    "'+12025550106;'=cmd;;",
  ].join('\r\n');

  it('are told by a dry run, which changes nothing', async () => {
    await crm.ask('POST', '/v1/contacts', { as: apiKey, body: { phone: '+12025550102', notes: 'Kept' } });
    const { status, body } = await bring(FILE, { query: '?dryRun=true' });
    expect([status, body]).toEqual([
      200,
      {
        dryRun: true,
        rows: 7,
        created: 2,
        updated: 1,
        unchanged: 0,
        merged: 1,
        refused: 3,
        faults: [
          { line: 5, field: 'phone', message: expect.stringContaining('country code') },
          { line: 7, field: 'email', message: expect.stringContaining('e-mail') },
          { line: 8, field: null, message: expect.stringContaining('5 cells') },
        ],
        changes: [
          { line: 2, action: 'created', contactId: null },
          { line: 4, action: 'updated', contactId: expect.any(String) },
          { line: 6, action: 'merged', contactId: null },
          { line: 9, action: 'created', contactId: null },
        ],
      },
    ]);
    expect(await known()).toHaveLength(1);
  });

  it('are brought in once under a key, and are unchanged when they come again', async () => {
    await crm.ask('POST', '/v1/contacts', { as: apiKey, body: { phone: '+12025550102', notes: 'Kept' } });
    const key = randomUUID();
    const first = await bring(FILE, { key });
    expect(first.body).toMatchObject({ dryRun: false, created: 2, updated: 1, merged: 1, refused: 3 });
    const all = [
      { phone: '+12025550101', name: 'Alex Morgan', email: 'alex@example.com', notes: 'Later row' },
      { phone: '+12025550102', name: 'Lee; Sam', email: null, notes: 'Kept' },
      { phone: '+12025550106', name: '=cmd', email: null, notes: '' },
    ];
    expect(await known()).toEqual(all);
    const again = await bring(FILE, { key });
    expect([again.body, again.headers.get('idempotency-replayed')]).toEqual([first.body, 'true']);
    expect((await bring('phone\n+12025550199', { key })).body.code).toBe('idempotency-key-reused');
    expect((await bring(FILE)).body).toMatchObject({ created: 0, updated: 0, unchanged: 3 });
    expect(await known()).toEqual(all);
  });

  it('do not take the address of another contact', async () => {
    await crm.ask('POST', '/v1/contacts', {
      as: apiKey,
      body: { phone: '+12025550150', email: 'ada@example.com' },
    });
    const { body } = await bring('phone,email\n+12025550151,ada@example.com\n');
    expect(body).toMatchObject({ created: 0, refused: 1, faults: [{ line: 2, field: 'email' }] });
    expect(await known()).toHaveLength(1);
  });

  it('come in chunks, and another tenant has none of them', async () => {
    const rows = Array.from({ length: 120 }, (_, at) => `+1202556${String(at).padStart(4, '0')},N ${at}`);
    const { body } = await bring(['phone,name', ...rows].join('\n'));
    expect(body).toMatchObject({ rows: 120, created: 120, refused: 0 });
    const other = await crm.business();
    const file = await crm.ask('GET', '/v1/contacts.csv', { as: other.apiKey });
    expect(file.text.split('\r\n').filter(Boolean)).toHaveLength(1);
    const own = await crm.ask('GET', '/v1/contacts.csv', { as: apiKey });
    expect([own.status, own.headers.get('content-type')?.startsWith('text/csv')]).toEqual([200, true]);
    expect(own.text.split('\r\n').filter(Boolean)).toHaveLength(121);
    expect(own.text).toContain(",'+12025560119,N 119,");
    expect((await bring(own.text)).body).toMatchObject({ rows: 120, unchanged: 120, refused: 0 });
  });

  it('are refused as a whole where the file cannot be read', async () => {
    const tooMany = ['phone', ...Array.from({ length: 2_001 }, () => '+12025550101')].join('\n');
    const answers = [
      await bring('phone,name\n+12025550101,"open', {}),
      await bring('name\nAlex', {}),
      await bring(tooMany),
      await bring(`phone\n${'x'.repeat(1_100_000)}`),
      await bring('phone\n+12025550101', { type: 'text/plain' }),
    ];
    expect(answers.map(({ status, body }) => [status, body.code])).toEqual([
      [400, 'invalid-request'],
      [400, 'invalid-request'],
      [422, 'too-many-rows'],
      [413, 'file-too-large'],
      [415, 'csv-needed'],
    ]);
    expect(await known()).toEqual([]);
  });
});

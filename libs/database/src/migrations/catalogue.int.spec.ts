import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { DataSource } from 'typeorm';
import { MIGRATIONS } from '../connection/schema.ts';
import { acrossTenants, query } from '../connection/unit-of-work.ts';
import { openBusiness, type Business } from '../test/business.ts';
import { freshDatabase, type FreshDatabase } from '../test/fresh-database.ts';
import { Catalogue1795605600000 } from './1795605600000-catalogue.ts';

/** The statements of services of the release before, which know of no buffers. */
const BOOK = `INSERT INTO bookings (tenant_id, resource_id, service_id, period, reference)
  VALUES ($1, $2, $3, tstzrange($4::timestamptz, $5::timestamptz), $6)`;
const MOVE = `UPDATE bookings SET resource_id = $2, period = tstzrange($3::timestamptz, $4::timestamptz)
  WHERE tenant_id = $1 AND reference = $5`;

describe('bookings beside services of the release before', () => {
  let database: FreshDatabase;
  let dataSource: DataSource;
  let business: Business;
  const sql = <Row>(text: string, parameters: unknown[] = []) =>
    acrossTenants(dataSource, 'installation', (manager) => query<Row>(manager, text, parameters));
  const time = (hour: string) => `2027-03-01T${hour}Z`;
  const book = (from: string, until: string, reference: string) =>
    sql(BOOK, [
      business.tenantId,
      business.resourceIds[0],
      business.serviceId,
      time(from),
      time(until),
      reference,
    ]);
  const move = (reference: string, from: string, until: string) =>
    sql(MOVE, [business.tenantId, business.resourceIds[0], time(from), time(until), reference]);
  const occupied = async (reference: string) =>
    (
      await sql<{ from: Date; until: Date }>(
        'SELECT lower(occupied) AS "from", upper(occupied) AS until FROM bookings WHERE tenant_id = $1 AND ' +
          'reference = $2',
        [business.tenantId, reference],
      )
    ).map(({ from, until }) => [from, until].map((at) => at.toISOString().slice(11, 16)).join());

  beforeAll(async () => {
    database = await freshDatabase();
    dataSource = await database.open();
    business = await openBusiness(dataSource, 1);
    const later =
      MIGRATIONS.length -
      MIGRATIONS.findIndex((Migration) => new Migration().name === new Catalogue1795605600000().name);
    for (let undone = 0; undone < later; undone += 1)
      await dataSource.undoLastMigration({ transaction: 'all' });
    await book('08:00', '09:00', 'BEFORE');
    await dataSource.runMigrations({ transaction: 'all' });
    await sql(
      'UPDATE services SET buffer_before_minutes = 10, buffer_after_minutes = 20 WHERE tenant_id = $1',
      [business.tenantId],
    );
  });
  afterAll(() => database.drop());

  it('that were there before occupy their own time', async () => {
    expect(await occupied('BEFORE')).toEqual(['08:00,09:00']);
  });

  it('get the buffers of their service when a writer names none', async () => {
    await book('10:00', '11:00', 'NEW');
    expect(await occupied('NEW')).toEqual(['09:50,11:20']);
  });

  it('are refused by the constraint when they come too near, as if they overlapped', async () => {
    await expect(book('11:25', '12:00', 'NEAR')).rejects.toThrow('23P01');
    await expect(book('11:29', '12:00', 'NEAR')).rejects.toThrow('keep_their_distance');
    await book('11:30', '12:00', 'APART');
    expect(await occupied('APART')).toEqual(['11:20,12:20']);
  });

  it('take their buffers along when such a writer moves them', async () => {
    await expect(move('NEW', '08:45', '09:45')).rejects.toThrow('23P01');
    await move('NEW', '14:00', '15:00');
    expect(await occupied('NEW')).toEqual(['13:50,15:20']);
  });

  it('keep what a writer says who names it, and it holds the appointment', async () => {
    const set = (from: string, until: string) =>
      sql(
        'UPDATE bookings SET occupied = tstzrange($2::timestamptz, $3::timestamptz) WHERE tenant_id = $1 ' +
          `AND reference = 'NEW'`,
        [business.tenantId, time(from), time(until)],
      );
    await set('14:00', '15:30');
    expect(await occupied('NEW')).toEqual(['14:00,15:30']);
    await expect(set('14:10', '15:30')).rejects.toThrow('23514');
  });
});

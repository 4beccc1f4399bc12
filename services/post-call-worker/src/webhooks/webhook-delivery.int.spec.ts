import type { IncomingMessage } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { BookingRepository, transact } from '@tandem/database';
import { RunningDelivery, type Reply } from './test/running-delivery.ts';

let hooks: RunningDelivery;
beforeAll(async () => {
  hooks = await RunningDelivery.start();
});
afterAll(() => hooks.stop());
beforeEach(() => hooks.begin());
afterEach(() => hooks.end());

describe('delivery of events', () => {
  it('sends subscribed events only, signed and numbered', async () => {
    await hooks.subscribe(['booking.cancelled']);
    await hooks.subscribe();
    const booking = await hooks.book(1);
    await hooks.cancel(booking.id);
    await hooks.cancel(booking.id);
    hooks.work();
    await hooks.eventually(() => hooks.received.length >= 3);
    expect(hooks.received.every(({ isSigned, id, body }) => isSigned && id === body.id)).toBe(true);
    expect(hooks.received.map(({ body: { type, sequence } }) => `${type} ${sequence}`).sort()).toEqual([
      'booking.cancelled 2',
      'booking.cancelled 2',
      'booking.created 1',
    ]);
    expect(hooks.received.find(({ body }) => body.type === 'booking.created')?.body).toMatchObject({
      tenantId: hooks.tenantId,
      subject: { kind: 'booking', id: booking.id },
      data: {
        bookingId: booking.id,
        reference: booking.reference,
        status: 'booked',
        start: booking.startsAt.toISOString(),
      },
    });
  });

  it('sends nothing of a rolled-back transaction', async () => {
    await hooks.subscribe();
    const given = new Error('undone');
    await expect(
      transact(hooks.dataSource, hooks.tenantId, async (transaction) => {
        await new BookingRepository(hooks.dataSource).cancel(
          transaction,
          hooks.tenantId,
          (await hooks.book(1)).id,
        );
        throw given;
      }),
    ).rejects.toBe(given);
    hooks.work();
    await hooks.eventually(() => hooks.received.length >= 1);
    expect(hooks.received.map(({ body }) => body.type)).toEqual(['booking.created']);
  });

  it('retries under the same id through errors and resets, with several workers', async () => {
    await hooks.subscribe();
    const troubles: Reply[] = [
      (_request, response) => response.writeHead(500).end(),
      (request) => request.socket.destroy(),
      (_request, response) => response.writeHead(302, { location: 'https://elsewhere.example.com/' }).end(),
    ];
    const accepted: string[] = [];
    hooks.reply = (request, response, count) => {
      const trouble = count % 2 === 0 ? undefined : troubles[count % troubles.length];
      if (trouble) return trouble(request, response, count);
      accepted.push(String(request.headers['webhook-id']));
      response.writeHead(200).end();
    };
    for (let hour = 1; hour <= 12; hour += 1) await hooks.book(hour);
    hooks.work();
    hooks.work();
    await hooks.eventually(async () => (await hooks.states()).every((state) => state === 'delivered'));
    expect([accepted.length, new Set(accepted).size]).toEqual([12, 12]);
    expect(new Set(hooks.received.map(({ id }) => id)).size).toBe(12);
  });

  it('gives up in the end, and starts over on a replay', async () => {
    const endpointId = await hooks.subscribe();
    hooks.reply = (_request, response) => response.writeHead(500).end();
    await hooks.book(1);
    hooks.work({ delaysS: [0.05] });
    await hooks.eventually(async () => (await hooks.states())[0] === 'dead');
    expect(hooks.received).toHaveLength(2);
    hooks.reply = (_request, response) => response.writeHead(200).end();
    expect(await hooks.deliveries.replay(hooks.tenantId, endpointId, {})).toMatchObject({
      replayed: 1,
    });
    await hooks.eventually(async () => (await hooks.states())[0] === 'delivered');
    expect(new Set(hooks.received.map(({ id }) => id)).size).toBe(1);
  });

  it('disables a gone endpoint, and delivers its events once it is enabled again', async () => {
    const endpointId = await hooks.subscribe();
    hooks.reply = (_request, response) => response.writeHead(410).end();
    await hooks.book(1);
    hooks.work();
    await hooks.eventually(
      async () => (await hooks.endpoints.find(hooks.tenantId, endpointId))?.isEnabled === false,
    );
    await hooks.book(2);
    hooks.reply = (_request, response) => response.writeHead(200).end();
    await transact(hooks.dataSource, hooks.tenantId, (transaction) =>
      hooks.endpoints.change(transaction, hooks.tenantId, endpointId, { isEnabled: true }),
    );
    await hooks.eventually(async () => (await hooks.states()).every((state) => state === 'delivered'));
    expect((await hooks.states()).length).toBe(2);
  });

  it('pauses an endpoint that sends Retry-After', async () => {
    const endpointId = await hooks.subscribe();
    hooks.reply = (_request, response) => response.writeHead(429, { 'retry-after': '3600' }).end();
    await hooks.book(1);
    hooks.work();
    await hooks.eventually(
      async () =>
        (
          await hooks.sql<{ n: number }>(
            `SELECT 1 AS n FROM webhook_endpoints WHERE id = $1 AND paused_until > now() + interval '50 ` +
              `minutes'`,
            endpointId,
          )
        ).length === 1,
    );
    await hooks.book(2);
    expect(await hooks.claim(10)).toEqual([]);
  });

  it('opens no connection to a private address', async () => {
    await hooks.subscribe();
    await hooks.book(1);
    hooks.work({ networks: [], delaysS: [0.05] });
    await hooks.eventually(async () => (await hooks.states())[0] === 'dead');
    expect([hooks.received.length, await hooks.sql('SELECT last_fault FROM webhook_deliveries')]).toEqual([
      0,
      [{ last_fault: 'destination-refused' }],
    ]);
  });

  it('sends the receiver’s own headers with ours', async () => {
    await hooks.subscribe([], { headers: { authorization: 'Bearer token', 'x-route': 'crm' } });
    const seen: IncomingMessage['headers'][] = [];
    hooks.reply = ({ headers }, response) => {
      seen.push(headers);
      response.writeHead(204).end();
    };
    await hooks.book(1);
    hooks.work();
    await hooks.eventually(() => hooks.received.length === 1);
    expect(seen[0]).toMatchObject({
      authorization: 'Bearer token',
      'x-route': 'crm',
      'content-type': 'application/json',
    });
    expect(hooks.received[0]!.isSigned).toBe(true);
  });

  it('reaches one tenant while the receivers of another are all silent', async () => {
    await hooks.busyTenant(12, 1_000, hooks.url('/silent'));
    await hooks.subscribe();
    hooks.work();
    await hooks.eventually(() => hooks.silent.length >= 10);
    await hooks.book(1);
    await hooks.eventually(() => hooks.received.length === 1);
    expect(hooks.received[0]!.body.tenantId).toBe(hooks.tenantId);
  });
});

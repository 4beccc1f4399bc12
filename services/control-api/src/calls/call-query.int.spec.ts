import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CallId } from '@tandem/contracts';
import type { CallRecord } from '@tandem/database';
import { someCallRecord } from '../test/call-record.ts';
import { RunningControl, type Operator } from '../test/running-control.ts';

let control: RunningControl;
let own: Operator;
let special: CallId;
let plain: CallId;
beforeAll(async () => {
  control = await RunningControl.start();
  own = await control.operator();
  plain = await stored({});
  special = await stored({
    from: '+4930123456',
    agent: { id: own.agentId, version: 2, name: '=Sarah' },
    durationMs: 90_500,
    cost: { micros: 1_500_000, unpriced: 0, models: [] },
    admittedAt: new Date('2027-03-02T14:00:00.000Z'),
  });
});
afterAll(() => control.stop());

async function stored(change: Partial<CallRecord>): Promise<CallId> {
  const call = someCallRecord(own.tenantId, change);
  await control.calls.record(call);
  return call.callId;
}

describe('calls', () => {
  it.each([
    'q=3012',
    'q=4930 123',
    'minDuration=90.5',
    'minCost=1.5',
    'direction=inbound&channel=twilio&minDuration=61',
    'hasRecording=false&toolFailed=false&q=0123456',
  ])('are filtered by %s', async (query) => {
    const answer = await control.ask('GET', `/v1/calls?${query}`, own.apiKey);
    expect(answer.body['items']).toMatchObject([{ callId: special }]);
  });

  it('are filtered by their agent and its version', async () => {
    const listed = async (query: string) =>
      (await control.ask('GET', `/v1/calls?agentId=${own.agentId}${query}`, own.apiKey)).body['items'];
    expect(await listed('')).toMatchObject([{ callId: special }]);
    expect(await listed('&agentVersion=1')).toEqual([]);
    expect((await control.ask('GET', '/v1/calls?maxDuration=60', own.apiKey)).body['items']).toMatchObject([
      { callId: plain },
    ]);
  });

  it.each(['agent=x', 'outcom=booked', 'q=abc', 'hasRecording=maybe', 'interruptedAtLeast=0', 'format=xml'])(
    'are not filtered by %s, which is refused',
    async (query) => {
      const answer = await control.ask('GET', `/v1/calls?${query}`, own.apiKey);
      expect([answer.status, answer.body['code']]).toEqual([400, 'invalid-request']);
    },
  );

  it('are a table with format=csv, all that match and not only a page', async () => {
    const answer = await control.ask('GET', '/v1/calls?format=csv&limit=1', own.apiKey);
    expect([
      answer.status,
      answer.headers.get('content-type'),
      answer.headers.get('content-disposition'),
    ]).toEqual([200, 'text/csv; charset=utf-8; header=present', 'attachment; filename="calls.csv"']);
    const [head, ...lines] = answer.text.trimEnd().split('\r\n');
    expect(head).toMatch(/^"call_id","admitted_at"/);
    expect(lines.map((line) => line.slice(1, 37))).toEqual([special, plain]);
    expect(lines[0]).toContain(`"'+4930123456"`);
    expect(lines[0]).toContain(`"'=Sarah"`);
    const narrow = await control.ask('GET', '/v1/calls?format=csv&minDuration=61', own.apiKey);
    expect(narrow.text.trimEnd().split('\r\n')).toHaveLength(2);
  });
});

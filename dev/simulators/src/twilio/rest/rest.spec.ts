import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock } from '@tandem/kit';
import twilio from 'twilio';
import type { CalleeScript } from '../leg/callee.ts';
import { AUTH_TOKEN, Bench, CALLER, codes, entries, firstEntry, NUMBER, until } from '../testing/bench.ts';

describe('the REST API', () => {
  let bench: Bench;
  let callee: CalleeScript;

  beforeEach(async () => {
    callee = { outcome: 'answer', ringMs: 500 };
    bench = await Bench.open({ callees: () => callee, apiKeys: { SKkey: 'key:secret' } });
    bench.app.on('/outbound', '<Response><Say>hello</Say></Response>');
    bench.app.on('/status', { status: 204, body: '' });
  });

  afterEach(() => bench.close());

  const create = (more: Record<string, string> | [string, string][] = {}) =>
    bench.rest('Calls.json', [
      ['To', CALLER],
      ['From', NUMBER],
      ['Url', `${bench.app.url}/outbound`],
      ...(Array.isArray(more) ? more : Object.entries(more)),
    ]);
  const created = async (more: Record<string, string> | [string, string][] = {}) =>
    bench.simulator.call(String((await create(more)).body.sid))!;

  describe('creating a call', () => {
    it('answers 201 with a queued call, rings, and runs its document when it is answered', async () => {
      const { status, body } = await create();
      expect(status).toBe(201);
      expect(body).toMatchObject({
        sid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
        account_sid: bench.simulator.accountSid,
        status: 'queued',
        direction: 'outbound-api',
        to: CALLER,
        from: NUMBER,
        start_time: null,
        duration: null,
        queue_time: '0',
        uri: `/2010-04-01/Accounts/${bench.simulator.accountSid}/Calls/${String(body.sid)}.json`,
      });
      const report = await bench.simulator.call(String(body.sid))!.ended;
      expect(entries(report, 'status').map((entry) => entry.status)).toEqual([
        'initiated',
        'ringing',
        'in-progress',
        'completed',
      ]);
      expect(report.said).toEqual(['hello']);
      const [request] = bench.app.to('/outbound');
      expect(request!.fields).toMatchObject({
        CallStatus: 'in-progress',
        Direction: 'outbound-api',
        To: CALLER,
        From: NUMBER,
      });
      expect(
        twilio.validateRequest(
          AUTH_TOKEN,
          String(request!.headers['x-twilio-signature']),
          `${bench.app.url}/outbound`,
          request!.fields,
        ),
      ).toBe(true);
    });

    it('runs TwiML that comes along', async () => {
      const { body } = await bench.rest('Calls.json', {
        To: CALLER,
        From: NUMBER,
        Twiml: '<Response><Say>inline</Say></Response>',
      });
      expect((await bench.simulator.call(String(body.sid))!.ended).said).toEqual(['inline']);
    });

    it('sends every event named in repeated parameters', async () => {
      const events = ['initiated', 'ringing', 'answered', 'completed'].map((event): [string, string] => [
        'StatusCallbackEvent',
        event,
      ]);
      const call = await created([['StatusCallback', `${bench.app.url}/status`], ...events]);
      await call.ended;
      const seen = bench.app
        .to('/status')
        .map(({ fields }) => `${fields.SequenceNumber} ${fields.CallStatus}`);
      expect(seen.sort()).toEqual(['0 initiated', '1 ringing', '2 in-progress', '3 completed']);
    });

    it.each([
      ['busy', 'busy'],
      ['no-answer', 'no-answer'],
      ['failed', 'failed'],
    ] as const)('ends %s without requesting a document', async (outcome, status) => {
      callee = { outcome };
      const report = await (await created({ Timeout: '5' })).ended;
      expect(report).toMatchObject({ status, endedBy: 'not-answered' });
      expect(bench.app.to('/outbound')).toEqual([]);
    });

    it.each([
      ['no To', { To: '' }, 21_201],
      ['a To that is no number', { To: '555' }, 21_211],
      ['no From', { From: '' }, 21_213],
      ['a From that is no number', { From: 'me' }, 21_212],
      ['no document', { Url: '' }, 21_205],
      ['a relative Url', { Url: '/outbound' }, 21_205],
      ['two documents', { Twiml: '<Response/>' }, 20_001],
      ['an unknown event', { StatusCallback: 'https://x.test/', StatusCallbackEvent: 'exploded' }, 20_001],
      ['an endless ring', { Timeout: '601' }, 20_001],
      ['a detection that is none', { MachineDetection: 'maybe' }, 20_001],
    ])('is refused with %s', async (_, fields, code) => {
      const answer = await bench.rest('Calls.json', {
        To: CALLER,
        From: NUMBER,
        Url: `${bench.app.url}/outbound`,
        ...fields,
      });
      expect(answer).toEqual({
        status: 400,
        body: {
          code,
          message: expect.any(String),
          more_info: `https://www.twilio.com/docs/errors/${code}`,
          status: 400,
        },
      });
    });

    it('starts calls at the pace of the account', async () => {
      const clock = new ManualClock();
      await bench.close();
      bench = await Bench.open({
        callees: () => ({ outcome: 'busy', ringMs: 60_000 }),
        callsPerSecond: 1,
        speed: 1,
        clock,
      });
      const calls = [await created(), await created(), await created()];
      const statusesAfter = async (ms: number) => {
        clock.advance(ms);
        for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
        return calls.map((call) => call.status);
      };
      expect(await statusesAfter(0)).toEqual(['ringing', 'queued', 'queued']);
      expect(await statusesAfter(999)).toEqual(['ringing', 'queued', 'queued']);
      expect(await statusesAfter(1)).toEqual(['ringing', 'ringing', 'queued']);
      expect(await statusesAfter(1000)).toEqual(['ringing', 'ringing', 'ringing']);
    });
  });

  describe('machine detection', () => {
    it('delays the document until the verdict, which comes with it', async () => {
      callee = { outcome: 'answer', ringMs: 100, answeredBy: 'machine_start', detectionMs: 1500 };
      await (
        await created({ MachineDetection: 'Enable' })
      ).ended;
      expect(bench.app.to('/outbound')).toMatchObject([{ fields: { AnsweredBy: 'machine_start' } }]);
    });

    it('waits for the beep when asked to', async () => {
      callee = { outcome: 'answer', answeredBy: 'machine_start' };
      await (
        await created({ MachineDetection: 'DetectMessageEnd' })
      ).ended;
      expect(bench.app.to('/outbound')).toMatchObject([{ fields: { AnsweredBy: 'machine_end_beep' } }]);
    });

    it('reports later when it is asynchronous', async () => {
      bench.app.on('/amd', { status: 204, body: '' });
      bench.app.on('/outbound', '<Response><Pause length="30"/></Response>');
      callee = { outcome: 'answer', answeredBy: 'human', detectionMs: 1200 };
      const call = await created({
        MachineDetection: 'Enable',
        AsyncAmd: 'true',
        AsyncAmdStatusCallback: `${bench.app.url}/amd`,
      });
      await call.ended;
      expect(bench.app.to('/outbound')[0]!.fields).not.toHaveProperty('AnsweredBy');
      expect(bench.app.to('/amd')).toMatchObject([
        {
          fields: {
            CallSid: call.sid,
            AccountSid: bench.simulator.accountSid,
            AnsweredBy: 'human',
            MachineDetectionDuration: '1200',
          },
        },
      ]);
    });

    it('warns of asynchronous detection without a callback', async () => {
      expect(codes(await (await created({ MachineDetection: 'Enable', AsyncAmd: 'true' })).ended)).toEqual([
        21_262,
      ]);
    });

    it('is off when digits are sent', async () => {
      const report = await (await created({ MachineDetection: 'Enable', SendDigits: 'ww12' })).ended;
      expect(entries(report, 'tones')).toMatchObject([{ digits: 'ww12' }]);
      expect(bench.app.to('/outbound')[0]!.fields).not.toHaveProperty('AnsweredBy');
    });
  });

  describe('updating a call', () => {
    it('replaces the running document and kills the stream, without requesting the action', async () => {
      bench.app.on('/after', '<Response><Say>action</Say></Response>');
      bench.app.on('/rescue', '<Response><Say>rescued</Say></Response>');
      const call = bench.dial(bench.connect('action="/after"'));
      const stream = await bench.app.stream();
      await stream.next('media');
      const { status, body } = await bench.rest(`Calls/${call.sid}.json`, {
        Url: `${bench.app.url}/rescue`,
        Method: 'GET',
      });
      expect([status, body.status]).toEqual([200, 'in-progress']);
      expect(await stream.next('stop')).toMatchObject({ stop: { callSid: call.sid } });
      await stream.closed;
      expect((await call.ended).said).toEqual(['rescued']);
      expect(bench.app.to('/after')).toEqual([]);
      expect(bench.app.to('/rescue')).toMatchObject([
        { method: 'GET', fields: { CallStatus: 'in-progress' } },
      ]);
    });

    it('attaches a new stream to the same call', async () => {
      const call = bench.dial(bench.connect());
      const first = await bench.app.stream();
      await first.next('media');
      await bench.rest(`Calls/${call.sid}.json`, { Twiml: `<Response>${bench.connect()}</Response>` });
      const second = await bench.app.stream();
      await second.next('media');
      await first.closed;
      expect(second.streamSid).not.toBe(first.streamSid);
      expect(call.report()).toMatchObject({
        status: 'in-progress',
        streams: [{ end: { cause: 'stopped' } }, { end: null }],
      });
    });

    it('interrupts a gather, a pause and a wait for a document', async () => {
      const updated = Promise.withResolvers<string>();
      bench.app.on('/slow', () => updated.promise);
      const call = bench.dial('<Say>x</Say><Redirect>/slow</Redirect>');
      await until(() => bench.app.to('/slow').length === 1);
      await bench.rest(`Calls/${call.sid}.json`, {
        Twiml: '<Response><Say>now</Say><Pause length="10"/></Response>',
      });
      updated.resolve('<Response><Say>too late</Say></Response>');
      expect((await call.ended).said).toEqual(['x', 'now']);
    });

    it('hangs up with completed', async () => {
      const call = bench.dial('<Pause length="1"/><Say>x</Say><Pause length="3600"/>');
      await firstEntry(call, 'said');
      const { body } = await bench.rest(`Calls/${call.sid}.json`, { Status: 'completed' });
      expect(body).toMatchObject({ status: 'completed', end_time: expect.stringMatching(/\+0000$/) });
      expect((await call.ended).endedBy).toBe('rest-completed');
    });

    it('cancels an unanswered call, and leaves an answered one', async () => {
      callee = { outcome: 'answer', ringMs: 50_000 };
      const ringing = await created();
      await firstEntry(ringing, 'status');
      expect((await bench.rest(`Calls/${ringing.sid}.json`, { Status: 'canceled' })).body.status).toBe(
        'canceled',
      );
      const talking = bench.dial('<Say>x</Say><Pause length="3600"/>');
      await firstEntry(talking, 'said');
      expect((await bench.rest(`Calls/${talking.sid}.json`, { Status: 'canceled' })).body.status).toBe(
        'in-progress',
      );
    });

    it('accepts a new status callback and time limit with a new document', async () => {
      const call = bench.dial('<Say>x</Say><Pause length="3600"/>');
      await firstEntry(call, 'said');
      await bench.rest(`Calls/${call.sid}.json`, {
        Twiml: '<Response><Pause length="3600"/></Response>',
        StatusCallback: `${bench.app.url}/status`,
        TimeLimit: '5',
      });
      expect((await call.ended).endedBy).toBe('time-limit');
      expect(bench.app.to('/status')).toMatchObject([{ fields: { CallStatus: 'completed' } }]);
    });

    it.each([
      ['a redirect', { Twiml: '<Response/>' }],
      ['completed', { Status: 'completed' }],
    ])('is refused with 21220 when the call is over: %s', async (_, fields) => {
      const call = bench.dial('<Hangup/>');
      await call.ended;
      expect(await bench.rest(`Calls/${call.sid}.json`, fields)).toMatchObject({
        status: 400,
        body: { code: 21_220, status: 400 },
      });
    });

    it('is refused with 21220 when the call was not answered yet', async () => {
      const call = bench.dial('<Pause length="3600"/>');
      expect((await bench.rest(`Calls/${call.sid}.json`, { Twiml: '<Response/>' })).body.code).toBe(21_220);
    });

    it('is refused with two changes or an unknown status', async () => {
      const call = bench.dial('<Say>x</Say><Pause length="3600"/>');
      await firstEntry(call, 'said');
      expect((await bench.rest(`Calls/${call.sid}.json`, { Status: 'paused' })).body.code).toBe(20_001);
      expect(
        (await bench.rest(`Calls/${call.sid}.json`, { Status: 'completed', Twiml: '<Response/>' })).body.code,
      ).toBe(20_001);
    });
  });

  describe('fetching', () => {
    it('shows a call while it runs and after it', async () => {
      const call = bench.dial('<Say>x</Say><Pause length="30"/>');
      await firstEntry(call, 'said');
      expect((await bench.rest(`Calls/${call.sid}.json`)).body).toMatchObject({
        status: 'in-progress',
        direction: 'inbound',
        end_time: null,
      });
      await call.ended;
      expect((await bench.rest(`Calls/${call.sid}.json`)).body).toMatchObject({
        status: 'completed',
        duration: '0',
      });
    });

    it.each([`Calls/CA${'0'.repeat(32)}.json`, 'Calls/none.json', 'Recordings.json'])(
      'does not find %s',
      async (path) => {
        expect(await bench.rest(path)).toMatchObject({ status: 404, body: { code: 20_404, status: 404 } });
      },
    );
  });

  describe('authentication', () => {
    const ask = (authorization: string | null, init: RequestInit = {}) =>
      fetch(`${bench.simulator.apiBaseUrl}/2010-04-01/Accounts/${bench.simulator.accountSid}/Calls.json`, {
        method: 'POST',
        ...init,
        headers: {
          ...(authorization !== null && { authorization }),
          ...(init.headers as Record<string, string>),
        },
      });
    const basic = (user: string, password: string) =>
      `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;

    it.each([
      ['nothing', () => null],
      ['a wrong token', () => basic(bench.simulator.accountSid, 'guess')],
      ['another account', () => basic('AC0', AUTH_TOKEN)],
      ['a bearer', () => `Bearer ${AUTH_TOKEN}`],
      ['a name of Object.prototype', () => basic('constructor', '')],
    ])('refuses %s', async (_, authorization) => {
      const response = await ask(authorization());
      expect(response.status).toBe(401);
      expect(await response.json()).toMatchObject({ code: 20_003, message: 'Authenticate' });
    });

    it('lets API keys in, passwords with colons included', async () => {
      const response = await ask(basic('SKkey', 'key:secret'), { body: new URLSearchParams({ To: '' }) });
      expect(response.status).toBe(400);
    });

    it('refuses JSON and oversized bodies', async () => {
      const authorization = basic(bench.simulator.accountSid, AUTH_TOKEN);
      expect(
        (await ask(authorization, { body: '{}', headers: { 'content-type': 'application/json' } })).status,
      ).toBe(415);
      expect(
        (await ask(authorization, { body: new URLSearchParams({ To: 'x'.repeat(100_000) }) })).status,
      ).toBe(413);
    });
  });
});

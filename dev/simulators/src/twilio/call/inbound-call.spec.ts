import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import twilio from 'twilio';
import {
  AUTH_TOKEN,
  Bench,
  CALLER,
  codes,
  deadAddress,
  entries,
  firstEntry,
  NUMBER,
} from '../testing/bench.ts';

describe('an inbound call', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.open({ webhookBudget: { connectMs: 500, readMs: 300, totalMs: 1000 } });
  });

  afterEach(() => bench.close());

  it('requests the voice webhook with all standard fields and a signature the SDK accepts', async () => {
    const report = await bench.dial('<Say>Hello</Say>').ended;
    const [request] = bench.app.to('/voice');
    expect(request!.fields).toMatchObject({
      AccountSid: bench.simulator.accountSid,
      ApiVersion: '2010-04-01',
      CallSid: expect.stringMatching(/^CA[0-9a-f]{32}$/),
      CallStatus: 'ringing',
      Direction: 'inbound',
      From: CALLER,
      Caller: CALLER,
      To: NUMBER,
      Called: NUMBER,
      FromCity: 'SAN FRANCISCO',
      FromState: 'CA',
      FromZip: '94105',
      FromCountry: 'US',
      CallerCity: 'SAN FRANCISCO',
      ToCountry: 'US',
      CalledCountry: 'US',
    });
    expect(Object.keys(request!.fields)).toContain('SimulatedUnannouncedField');
    expect(request!.headers['i-twilio-idempotency-token']).toMatch(/^[0-9a-f-]{36}$/);
    const signature = String(request!.headers['x-twilio-signature']);
    expect(twilio.validateRequest(AUTH_TOKEN, signature, `${bench.app.url}/voice`, request!.fields)).toBe(
      true,
    );
    expect(report).toMatchObject({
      status: 'completed',
      endedBy: 'document-end',
      said: ['Hello'],
      errors: [],
    });
  });

  it('sends blank geography for numbers that cannot be looked up, and none for SIP and clients', async () => {
    await bench.dial('<Hangup/>', { from: 'anonymous' }).ended;
    await bench.dial('<Hangup/>', { from: 'sip:bob@example.test' }).ended;
    const [withheld, sip] = bench.app.to('/voice');
    expect(withheld!.fields).toMatchObject({ From: 'anonymous', FromCity: '', FromCountry: '' });
    expect(sip!.fields).not.toHaveProperty('FromCity');
  });

  it('is answered by the first verb that needs it, and not by a pause or a redirect before', async () => {
    bench.app.on('/next', '<Response><Say>now</Say></Response>');
    const report = await bench.dial('<Pause length="2"/><Redirect>/next</Redirect>').ended;
    const facts = report.timeline.flatMap((entry) =>
      entry.kind === 'verb' ? [entry.name] : entry.kind === 'status' ? [entry.status] : [],
    );
    expect(facts).toEqual(['ringing', 'Pause', 'Redirect', 'Say', 'in-progress', 'completed']);
  });

  it.each([
    ['rejected', 'no-answer'],
    ['busy', 'busy'],
  ])('that is rejected as %s was never answered and ends %s', async (reason, status) => {
    const report = await bench.dial(`<Reject reason="${reason}"/><Say>unreachable</Say>`).ended;
    expect(report).toMatchObject({ status, endedBy: 'rejected', answeredAtMs: null, said: [] });
  });

  it('that is rejected after it was answered is hung up', async () => {
    const report = await bench.dial('<Say>x</Say><Reject/>').ended;
    expect(report).toMatchObject({ status: 'completed', endedBy: 'hangup-verb' });
  });

  it('of a caller who gives up while it rings was not answered', async () => {
    const call = bench.dial('<Pause length="60"/>');
    await firstEntry(call, 'verb');
    call.hangup();
    expect(await call.ended).toMatchObject({
      status: 'no-answer',
      endedBy: 'hangup-by-party',
      answeredAtMs: null,
    });
  });

  it('is answered and hung up by an empty document', async () => {
    expect(await bench.dial('').ended).toMatchObject({ status: 'completed', endedBy: 'document-end' });
  });

  it('runs verbs in order; what follows a redirect or a hang-up is unreachable', async () => {
    bench.app.on('/next', '<Response><Say>two</Say><Hangup/><Say>three</Say></Response>');
    const report = await bench.dial(
      '<Say>one</Say><Redirect method="GET">/next?x=1</Redirect><Say>never</Say>',
    ).ended;
    expect(report.said).toEqual(['one', 'two']);
    expect(bench.app.to('/next')).toMatchObject([
      { method: 'GET', fields: { x: '1', CallStatus: 'in-progress' } },
    ]);
  });

  it('skips what TwiML does not know and reports it', async () => {
    const report = await bench.dial('<Shout>x</Shout><Say loud="yes">on</Say>').ended;
    expect(report.said).toEqual(['on']);
    expect(codes(report)).toEqual([12_200, 12_200]);
  });

  it('cuts a call whose documents redirect in a circle', async () => {
    const report = await bench.dial('<Redirect>/voice</Redirect>').ended;
    expect(report.endedBy).toBe('application-error');
    expect(report.documents).toHaveLength(500);
  });

  it('ends at its time limit', async () => {
    const report = await bench.dial('<Pause length="1"/><Say>x</Say><Pause length="3600"/>', {
      timeLimitMs: 5000,
    }).ended;
    expect(report.endedBy).toBe('time-limit');
  });

  describe('whose webhook fails', () => {
    const apology = { twiml: '<Response><Say>Please call later.</Say></Response>' };

    it.each([
      ['an error status', { status: 500, body: '' }, 11_200],
      ['a redirect, which is not followed', { status: 302, body: '' }, 11_200],
      ['another content type', { type: 'application/json', body: '{}' }, 12_300],
      ['no content type', { type: '', body: '<Response/>' }, 12_300],
      ['broken XML', { body: '<Response>' }, 12_100],
      ['another root', { body: '<Answer/>' }, 12_102],
      ['a huge document', { body: `<Response><Say>${'x'.repeat(70_000)}</Say></Response>` }, 11_750],
      ['silence', { body: '<Response/>', delayMs: 3000 }, 11_200],
    ])('with %s goes to the fallback URL with the error', async (_, answer, code) => {
      bench.app.on('/voice', answer);
      bench.app.on('/fallback', '<Response><Say>Sorry.</Say></Response>');
      const report = await bench.call({ fallback: { url: `${bench.app.url}/fallback` } }).ended;
      expect(codes(report)).toEqual([code]);
      expect(bench.app.to('/fallback')).toMatchObject([
        { fields: { ErrorCode: String(code), ErrorUrl: `${bench.app.url}/voice`, CallStatus: 'ringing' } },
      ]);
      expect(report.said).toEqual(['Sorry.']);
    });

    it('because nothing listens goes to a literal document', async () => {
      const report = await bench.call({ voiceUrl: `http://${await deadAddress()}/voice`, fallback: apology })
        .ended;
      expect(codes(report)).toEqual([11_205]);
      expect(entries(report, 'webhook')).toMatchObject([{ httpStatus: 0, attempts: 2 }]);
      expect(report).toMatchObject({ said: ['Please call later.'], endedBy: 'document-end' });
    });

    it('without a fallback, or with one that fails, hears the application error', async () => {
      bench.app.on('/voice', { status: 500, body: '' });
      const alone = await bench.call().ended;
      expect(alone).toMatchObject({ endedBy: 'application-error', status: 'completed' });
      expect(alone.said).toEqual([expect.stringContaining('application error')]);
      const twice = await bench.call({ fallback: { url: `${bench.app.url}/nowhere` } }).ended;
      expect(codes(twice)).toEqual([11_200, 11_200]);
      expect(twice.endedBy).toBe('application-error');
    });

    it('later, at an action, goes to the fallback, too', async () => {
      const report = await bench.dial('<Say>x</Say><Redirect>/gone</Redirect>', { fallback: apology }).ended;
      expect(report.said).toEqual(['x', 'Please call later.']);
    });

    it('is retried as its fragment says', async () => {
      let asked = 0;
      bench.app.on('/voice', () =>
        (asked += 1) < 3 ? { status: 503, body: '' } : '<Response><Say>third time</Say></Response>',
      );
      const report = await bench.call({ voiceUrl: `${bench.app.url}/voice#rc=2&rp=5xx` }).ended;
      expect(report.said).toEqual(['third time']);
      expect(
        new Set(bench.app.to('/voice').map((request) => request.headers['i-twilio-idempotency-token'])).size,
      ).toBe(1);
    });
  });

  describe('whose webhook comes more than once', () => {
    it.each(['concurrent', 'sequential', 'shuffled'] as const)(
      '%s sends the same request with the same token',
      async (order) => {
        const report = await bench.dial('<Say>x</Say>', { duplicates: { copies: 4, order } }).ended;
        const requests = bench.app.to('/voice');
        expect(requests).toHaveLength(4);
        expect(new Set(requests.map((request) => request.body)).size).toBe(1);
        expect(new Set(requests.map((request) => request.headers['i-twilio-idempotency-token'])).size).toBe(
          1,
        );
        expect(report.said).toEqual(['x']);
        expect(entries(report, 'duplicate-answer').map((entry) => entry.isIdentical)).toEqual([
          true,
          true,
          true,
        ]);
      },
    );

    it('repeats any request for a document on demand', async () => {
      bench.app.on('/next', '<Response><Say>next</Say></Response>');
      const report = await bench.dial('<Redirect>/next</Redirect>', {
        duplicates: { copies: 3, order: 'concurrent', purposes: ['redirect'] },
      }).ended;
      expect([bench.app.to('/voice').length, bench.app.to('/next').length]).toEqual([1, 3]);
      expect(report.said).toEqual(['next']);
    });

    it('lets a different answer take the call over, and kill the first stream', async () => {
      let asked = 0;
      bench.app.on(
        '/voice',
        () =>
          '<Response><Connect><Stream ' +
          `url="${bench.app.streamUrl}/media/${(asked += 1)}"/></Connect></Response>`,
      );
      const call = bench.call({ duplicates: { copies: 2, order: 'sequential' } });
      const first = await bench.app.stream();
      const second = await bench.app.stream();
      await first.closed;
      expect([first.path, second.path]).toEqual(['/media/1', '/media/2']);
      call.hangup();
      expect(entries(await call.ended, 'duplicate-answer')).toMatchObject([{ isIdentical: false }]);
    });
  });

  describe('with status callbacks', () => {
    const events = ['initiated', 'ringing', 'answered', 'completed'] as const;
    const callbacks = () =>
      bench.app.to('/status').map(({ fields }) => [fields.SequenceNumber, fields.CallStatus]);

    beforeEach(() => bench.app.on('/status', { status: 204, body: '' }));

    it('sends the subscribed events, numbered from 0, signed, with the duration at the end', async () => {
      const report = await bench.dial('<Say>x</Say>', {
        statusCallback: { url: `${bench.app.url}/status`, events },
      }).ended;
      expect(callbacks().sort()).toEqual([
        ['0', 'ringing'],
        ['1', 'in-progress'],
        ['2', 'completed'],
      ]);
      const last = bench.app.to('/status').find((request) => request.fields.CallStatus === 'completed')!;
      expect(last.fields).toMatchObject({
        CallSid: report.callSid,
        CallbackSource: 'call-progress-events',
        CallDuration: '0',
        Duration: '0',
        SipResponseCode: '200',
        Timestamp: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/),
      });
      expect(
        twilio.validateRequest(
          AUTH_TOKEN,
          String(last.headers['x-twilio-signature']),
          `${bench.app.url}/status`,
          last.fields,
        ),
      ).toBe(true);
    });

    it('sends only the end by default', async () => {
      await bench.dial('<Reject reason="busy"/>', { statusCallback: { url: `${bench.app.url}/status` } })
        .ended;
      expect(callbacks()).toEqual([['0', 'busy']]);
    });

    it('repeats and shuffles on demand, and never loses one', async () => {
      const orders = new Set<string>();
      for (let round = 0; round < 8; round += 1) {
        const before = bench.app.requests.length;
        await bench.dial('<Say>x</Say>', {
          statusCallback: { url: `${bench.app.url}/status`, events },
          callbackFaults: { copies: 3, order: 'shuffled' },
        }).ended;
        const numbers = bench.app.requests
          .slice(before)
          .flatMap(({ path, fields }) => (path === '/status' ? [fields.SequenceNumber] : []));
        orders.add(numbers.join(''));
        expect([...numbers].sort().join('')).toBe('000111222');
      }
      expect(orders.size).toBeGreaterThan(1);
    });

    it('reports a callback that fails and continues', async () => {
      const report = await bench.dial('<Say>x</Say>', {
        statusCallback: { url: `http://${await deadAddress()}/` },
      }).ended;
      expect(codes(report)).toEqual([11_205]);
      expect(report.status).toBe('completed');
    });
  });
});

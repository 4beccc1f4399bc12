import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SimulatedCall } from '../call/simulated-call.ts';
import type { CalleeScript } from '../leg/callee.ts';
import { PEOPLE } from '../leg/callees.ts';
import { Bench, CALLER, codes, entries, firstEntry } from '../testing/bench.ts';

const TALKS: CalleeScript = { outcome: 'answer', ringMs: 500, actions: [{ afterMs: 3000, hangup: true }] };
const STAYS: CalleeScript = { outcome: 'answer', ringMs: 500 };

describe('Dial', () => {
  let bench: Bench;
  let callees: Record<string, CalleeScript>;
  let legs: SimulatedCall[];

  beforeEach(async () => {
    callees = {};
    bench = await Bench.open({ callees: ({ to }) => callees[to] ?? TALKS });
    bench.app.on('/done', '<Response><Say>back</Say></Response>');
    legs = [];
    bench.simulator.onLeg((leg) => leg.direction === 'outbound-dial' && legs.push(leg));
  });

  afterEach(() => bench.close());

  const done = () => bench.app.to('/done').map(({ fields }) => [fields.DialCallStatus, fields.DialBridged]);

  it('connects a number, and requests the action with the outcome afterwards', async () => {
    const report = await bench.dial('<Dial action="/done">+14155550111</Dial>').ended;
    expect(done()).toEqual([['completed', 'true']]);
    const { fields } = bench.app.to('/done')[0]!;
    expect(fields).toMatchObject({
      DialCallSid: legs[0]!.sid,
      DialCallDuration: '0',
      CallSid: report.callSid,
      CallStatus: 'in-progress',
    });
    expect(report.said).toEqual(['back']);
    expect(legs[0]!.report()).toMatchObject({
      parentCallSid: report.callSid,
      direction: 'outbound-dial',
      from: CALLER,
      to: '+14155550111',
      status: 'completed',
    });
  });

  it('continues with the next verb without an action', async () => {
    expect((await bench.dial('<Dial>+14155550111</Dial><Say>next</Say>').ended).said).toEqual(['next']);
  });

  it.each([
    ['busy', 'busy'],
    ['decline', 'busy'],
    ['no-answer', 'no-answer'],
    ['failed', 'failed'],
  ] as const)('reports a callee with outcome %s as %s', async (outcome, status) => {
    callees['+14155550111'] = { outcome };
    await bench.dial('<Dial action="/done" timeout="2">+14155550111</Dial>').ended;
    expect(done()).toEqual([[status, 'false']]);
    expect(legs[0]!.status).toBe(status);
  });

  it('stops when it rings for too long', async () => {
    callees['+14155550111'] = { outcome: 'answer', ringMs: 20_000 };
    await bench.dial('<Dial action="/done" timeout="5">+14155550111</Dial>').ended;
    expect(done()).toEqual([['no-answer', 'false']]);
  });

  it('ends the talk at its time limit', async () => {
    callees['+14155550111'] = STAYS;
    const report = await bench.dial('<Dial action="/done" timeLimit="4">+14155550111</Dial>').ended;
    expect(done()).toEqual([['completed', 'true']]);
    expect(legs[0]!.report().endedBy).toBe('time-limit');
    expect(report.said).toEqual(['back']);
  });

  it('ends the talk at the star key when asked to', async () => {
    callees['+14155550111'] = STAYS;
    const call = bench.dial('<Dial action="/done" hangupOnStar="true">+14155550111</Dial>');
    await firstEntry(call, 'bridged');
    call.press('1*');
    await call.ended;
    expect(done()).toEqual([['completed', 'true']]);
  });

  it('answers the caller at once, or only at the bridge', async () => {
    const order = (report: { timeline: readonly { kind: string; status?: unknown }[] }) =>
      report.timeline.flatMap((entry) =>
        entry.kind === 'bridged' || entry.status === 'in-progress' ? [entry.kind] : [],
      );
    expect(order(await bench.dial('<Dial>+14155550111</Dial>').ended)).toEqual(['status', 'bridged']);
    const late = await bench.dial('<Dial answerOnBridge="true">+14155550111</Dial>').ended;
    expect(order(late)).toEqual(['status', 'bridged']);
    const refused = await bench.dial(
      '<Dial answerOnBridge="true"><Number>+14155550112</Number></Dial><Reject reason="busy"/>',
      {},
    ).ended;
    expect(refused.answeredAtMs).not.toBeNull();
    callees['+14155550113'] = { outcome: 'busy' };
    const never = await bench.dial('<Dial answerOnBridge="true">+14155550113</Dial><Reject reason="busy"/>')
      .ended;
    expect(never).toMatchObject({ answeredAtMs: null, status: 'busy' });
  });

  it('rings several at once; the first to answer gets the call, the others are cancelled', async () => {
    callees['+14155550111'] = { outcome: 'answer', ringMs: 5000 };
    callees['+14155550112'] = TALKS;
    callees['+14155550113'] = { outcome: 'busy', ringMs: 100 };
    await bench.dial(
      '<Dial ' +
        'action="/done"><Number>+14155550111</Number><Number>+14155550112</Number>' +
        '<Number>+14155550113</Number></Dial>',
    ).ended;
    expect(bench.app.to('/done')[0]!.fields).toMatchObject({
      DialCallStatus: 'completed',
      DialCallSid: legs[1]!.sid,
    });
    expect(legs.map((leg) => leg.status)).toEqual(['canceled', 'completed', 'busy']);
  });

  it('reaches SIP addresses and clients', async () => {
    await bench.dial(
      '<Dial ' +
        'callerId="+14155550177"><Sip>sip:desk@example.test</Sip>' +
        '<Client><Identity>alice</Identity></Client></Dial>',
    ).ended;
    expect(legs.map((leg) => [leg.to, leg.from])).toEqual([
      ['sip:desk@example.test', '+14155550177'],
      ['client:alice', '+14155550177'],
    ]);
  });

  it('reports the progress of a number to its own callback', async () => {
    bench.app.on('/progress', { status: 204, body: '' });
    await bench.dial(
      '<Dial><Number statusCallback="/progress" statusCallbackEvent="initiated ringing answered ' +
        'completed">+14155550111</Number></Dial>',
    ).ended;
    await bench.simulator.allEnded();
    const seen = bench.app
      .to('/progress')
      .map(({ fields }) => `${fields.SequenceNumber} ${fields.CallStatus}`);
    expect(seen.sort()).toEqual(['0 initiated', '1 ringing', '2 in-progress', '3 completed']);
    expect(bench.app.to('/progress')[0]!.fields).toMatchObject({
      ParentCallSid: expect.stringMatching(/^CA/),
      Direction: 'outbound-dial',
    });
  });

  it('refuses to dial without a party', async () => {
    expect(codes(await bench.dial('<Dial action="/done"></Dial>').ended)).toEqual([12_200]);
    expect(done()).toEqual([['failed', 'false']]);
  });

  describe('with a whisper', () => {
    const body = '<Dial action="/done"><Number url="/whisper">+14155550111</Number></Dial>';
    const whisperDocument =
      '<Response><Gather action="/accept" numDigits="1" timeout="5"><Say>Press one to take the ' +
      'call.</Say></Gather><Hangup/></Response>';

    beforeEach(() => bench.app.on('/whisper', whisperDocument));

    it('plays it to the callee alone, and bridges when accepted', async () => {
      bench.app.on('/accept', ({ fields }) =>
        fields.Digits === '1' ? '<Response/>' : '<Response><Hangup/></Response>',
      );
      callees['+14155550111'] = PEOPLE.acceptsByKey();
      const report = await bench.dial(body).ended;
      expect(legs[0]!.report().said).toEqual(['Press one to take the call.']);
      expect(report.said).toEqual(['back']);
      expect(done()).toEqual([['completed', 'true']]);
      expect(bench.app.to('/whisper')[0]!.fields).toMatchObject({
        CallSid: legs[0]!.sid,
        ParentCallSid: report.callSid,
      });
    });

    it.each([
      ['declines by key', [{ afterMs: 500, press: '2' }]],
      ['presses nothing', []],
      ['hangs up', [{ afterMs: 100, hangup: true }]],
    ] as const)('returns to the caller when the callee %s', async (_, actions) => {
      bench.app.on('/accept', '<Response><Hangup/></Response>');
      callees['+14155550111'] = { outcome: 'answer', ringMs: 100, actions };
      const report = await bench.dial(body).ended;
      expect(done()).toEqual([['completed', 'false']]);
      expect(entries(report, 'bridged')).toEqual([]);
      expect(report.said).toEqual(['back']);
    });

    it.each([
      ['who accepts by key', PEOPLE.acceptsByKey(), ['completed', 'true'], 'Digits'],
      ['who accepts by speech', PEOPLE.acceptsBySpeech(), ['completed', 'true'], 'SpeechResult'],
      ['who declines', PEOPLE.declines(), ['completed', 'false'], 'Digits'],
      ['who hangs up in the whisper', PEOPLE.hangsUpInWhisper(), ['completed', 'false'], null],
      ['that is a voicemail', PEOPLE.voicemail(), ['completed', 'false'], 'SpeechResult'],
      ['who never answers', PEOPLE.neverAnswers(), ['no-answer', 'false'], null],
      ['who is busy', PEOPLE.busy(), ['busy', 'false'], null],
    ] as const)('knows somebody %s', async (_, person, outcome, answer) => {
      bench.app.on(
        '/whisper',
        '<Response><Gather input="dtmf speech" action="/accept" numDigits="1" timeout="5"><Say>Press ' +
          'one or say accept.</Say></Gather><Hangup/></Response>',
      );
      bench.app.on('/accept', ({ fields }) =>
        fields.Digits === '1' || fields.SpeechResult === 'Accept.'
          ? '<Response/>'
          : '<Response><Hangup/></Response>',
      );
      callees['+14155550111'] = person;
      const report = await bench.dial(body).ended;
      expect(done()).toEqual([outcome]);
      expect(
        bench.app
          .to('/accept')
          .map(({ fields }) =>
            Object.keys(fields).filter((name) => name === 'Digits' || name === 'SpeechResult'),
          ),
      ).toEqual(answer === null ? [] : [[answer]]);
      expect(report.said).toEqual(['back']);
    });

    it('may not dial on', async () => {
      bench.app.on('/whisper', '<Response><Dial>+14155550112</Dial></Response>');
      await bench.dial(body).ended;
      expect(codes(legs[0]!.report())).toEqual([12_200]);
      expect(legs).toHaveLength(1);
    });
  });

  it('ends with the caller, hangs up the callee, and still requests the action', async () => {
    callees['+14155550111'] = STAYS;
    const call = bench.dial('<Dial action="/done">+14155550111</Dial>');
    await firstEntry(call, 'bridged');
    call.hangup();
    const report = await call.ended;
    expect(legs[0]!.status).toBe('completed');
    expect(report.said).toEqual([]);
    expect(bench.app.to('/done')).toMatchObject([
      { fields: { DialCallStatus: 'completed', CallStatus: 'completed' } },
    ]);
  });

  it('cancels the ringing when the caller gives up', async () => {
    callees['+14155550111'] = { outcome: 'answer', ringMs: 20_000 };
    const call = bench.dial('<Dial>+14155550111</Dial>');
    await firstEntry(call, 'dialling');
    call.hangup();
    await call.ended;
    expect(legs[0]!.status).toBe('canceled');
  });

  it('keeps a redirected callee alive alone', async () => {
    callees['+14155550111'] = STAYS;
    const call = bench.dial('<Dial action="/done">+14155550111</Dial>');
    await firstEntry(call, 'bridged');
    await bench.rest(`Calls/${legs[0]!.sid}.json`, { Twiml: '<Response><Say>only you</Say></Response>' });
    expect((await call.ended).said).toEqual(['back']);
    expect(await legs[0]!.ended).toMatchObject({ said: ['only you'], endedBy: 'document-end' });
  });

  describe('into a conference', () => {
    it('keeps its members until the member that ends it leaves', async () => {
      const guest = bench.dial('<Dial action="/done"><Conference>room</Conference></Dial>');
      await firstEntry(guest, 'joined');
      const host = bench.dial('<Dial><Conference endConferenceOnExit="true">room</Conference></Dial>');
      await firstEntry(host, 'joined');
      host.hangup();
      expect((await guest.ended).said).toEqual(['back']);
      expect(done()).toEqual([['answered', 'true']]);
    });
  });

  it('fails on a queue that was never entered, and times out on an empty one', async () => {
    await bench.dial('<Dial action="/done"><Queue>nowhere</Queue></Dial>').ended;
    bench.simulator.placeCall({ from: CALLER, to: CALLER, voiceUrl: `${bench.app.url}/queue` });
    bench.app.on('/queue', '<Response><Enqueue waitUrl="/leave">known</Enqueue></Response>');
    bench.app.on('/leave', '<Response><Leave/></Response>');
    await bench.simulator.allEnded();
    await bench.dial('<Dial action="/done" timeout="3"><Queue>known</Queue></Dial>').ended;
    expect(done()).toEqual([
      ['failed', 'false'],
      ['no-answer', 'false'],
    ]);
  });
});

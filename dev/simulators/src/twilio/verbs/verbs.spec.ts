import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mulawTone } from '@tandem/kit';
import { Bench, codes, entries, firstEntry } from '../testing/bench.ts';

describe('a verb', () => {
  let bench: Bench;

  beforeEach(async () => {
    bench = await Bench.open();
  });

  afterEach(() => bench.close());

  describe('Say, Play and Pause', () => {
    it('records its words, with a length by the text, once a loop', async () => {
      const report = await bench.dial('<Say loop="2">Good morning.</Say>').ended;
      expect(entries(report, 'said')).toMatchObject([
        { text: 'Good morning.', estimatedMs: 845 },
        { estimatedMs: 845 },
      ]);
    });

    it('is ignored without text', async () => {
      expect(codes(await bench.dial('<Say></Say>').ended)).toEqual([13_520]);
    });

    it('fetches the audio it plays and measures its length', async () => {
      bench.app.on('/hold.ulaw', { type: 'audio/basic', body: Buffer.from(mulawTone(400, 500)) });
      const report = await bench.dial('<Play>/hold.ulaw</Play><Play digits="12w3"/>').ended;
      expect(entries(report, 'played')).toMatchObject([{ durationMs: 500 }]);
      expect(entries(report, 'tones')).toMatchObject([{ digits: '12w3' }]);
      expect(bench.app.to('/hold.ulaw')).toMatchObject([{ method: 'GET', body: '' }]);
    });

    it.each([
      ['a page', { type: 'text/html', body: '<p>' }, 12_300],
      ['a WAV that is none', { type: 'audio/wav', body: 'RIFF' }, 12_300],
      ['a missing file', { status: 404, body: '' }, 11_200],
    ])('cannot play %s and continues', async (_, answer, code) => {
      bench.app.on('/file', answer);
      const report = await bench.dial('<Play>/file</Play><Say>on</Say>').ended;
      expect(codes(report)).toEqual([code]);
      expect(report.said).toEqual(['on']);
    });
  });

  describe('Gather', () => {
    beforeEach(() => bench.app.on('/menu', '<Response><Say>thanks</Say></Response>'));

    const gathered = () =>
      bench.app.to('/menu').map(({ fields }) => [fields.Digits, fields.SpeechResult, fields.Confidence]);

    it('sends digits to its action once there are enough, cutting the prompt short', async () => {
      const call = bench.dial(
        '<Gather action="/menu" numDigits="2" timeout="600"><Say>Press two keys, after this very long ' +
          'text.</Say><Pause length="600"/></Gather>',
      );
      await firstEntry(call, 'said');
      call.press('42');
      expect((await call.ended).said.at(-1)).toBe('thanks');
      expect(gathered()).toEqual([['42', undefined, undefined]]);
    });

    it('ends with the finishing key, which is not part of the digits and means nothing alone', async () => {
      const call = bench.dial('<Gather action="/menu" finishOnKey="*" timeout="600"/>');
      await firstEntry(call, 'verb');
      call.press('*1#*');
      await call.ended;
      expect(gathered()).toEqual([['1#', undefined, undefined]]);
    });

    it('ends with a pause after the last key', async () => {
      const call = bench.dial('<Gather action="/menu" timeout="3"/>');
      await firstEntry(call, 'verb');
      call.press('7');
      await call.ended;
      expect(gathered()).toEqual([['7', undefined, undefined]]);
    });

    it('continues with the next verb without input', async () => {
      const report = await bench.dial('<Gather action="/menu" timeout="1"/><Say>Nothing?</Say>').ended;
      expect(report.said).toEqual(['Nothing?']);
      expect(gathered()).toEqual([]);
    });

    it('requests its action without input when configured', async () => {
      await bench.dial('<Gather action="/menu" timeout="1" actionOnEmptyResult="true"/>').ended;
      expect(gathered()).toEqual([['', undefined, undefined]]);
    });

    it("recognises speech by the caller's known words", async () => {
      const call = bench.dial('<Gather action="/menu" input="speech dtmf" timeout="600"/>');
      await firstEntry(call, 'verb');
      await call.say(mulawTone(400, 40), { text: 'opening hours' });
      await call.ended;
      expect(gathered()).toEqual([[undefined, 'opening hours', '0.9']]);
    });

    it('ignores speech when only keys are wanted', async () => {
      const call = bench.dial('<Gather action="/menu" timeout="10"/>');
      await firstEntry(call, 'verb');
      await call.say(mulawTone(400, 20), { text: 'hello' });
      expect((await call.ended).said).toEqual([]);
    });

    it('requests the current document again without an action', async () => {
      let asked = 0;
      bench.app.on('/voice', ({ fields }) =>
        (asked += 1) === 1
          ? '<Response><Gather numDigits="1" timeout="600"/></Response>'
          : `<Response><Say>${fields.Digits}</Say></Response>`,
      );
      const call = bench.call();
      await firstEntry(call, 'verb');
      call.press('5');
      expect((await call.ended).said).toEqual(['5']);
    });
  });

  describe('Message', () => {
    it('is recorded, not sent, and addressed back to the caller by default', async () => {
      const report = await bench.dial('<Message>Your code is 17.</Message>').ended;
      expect(entries(report, 'message')).toMatchObject([
        { to: report.from, from: report.to, body: 'Your code is 17.' },
      ]);
      expect(report.answeredAtMs).toBeNull();
    });
  });

  describe('Enqueue', () => {
    beforeEach(() => bench.app.on('/out', '<Response><Say>out</Say></Response>'));

    const queueFields = () => bench.app.to('/out').map(({ fields }) => fields.QueueResult);

    it('plays the wait document until it says leave', async () => {
      let round = 0;
      bench.app.on(
        '/wait',
        () => `<Response><Say>round ${(round += 1)}</Say>${round === 3 ? '<Leave/>' : ''}</Response>`,
      );
      const report = await bench.dial('<Enqueue action="/out" waitUrl="/wait">support</Enqueue>').ended;
      expect(report.said).toEqual(['round 1', 'round 2', 'round 3', 'out']);
      expect(queueFields()).toEqual(['leave']);
      expect(bench.app.to('/wait')[0]!.fields).toMatchObject({
        QueuePosition: '1',
        CurrentQueueSize: '1',
        QueueSid: expect.stringMatching(/^QU/),
      });
    });

    it('is connected to the party that dials the queue, and requests its action when they part', async () => {
      bench.app.on('/about', '<Response><Say>about to connect</Say></Response>');
      const waiting = bench.dial('<Enqueue action="/out">support</Enqueue>');
      await firstEntry(waiting, 'enqueued');
      bench.app.on(
        '/operator',
        '<Response><Dial action="/done"><Queue url="/about">support</Queue></Dial></Response>',
      );
      bench.app.on('/done', '<Response/>');
      const operator = bench.call({ voiceUrl: `${bench.app.url}/operator` });
      await firstEntry(waiting, 'bridged');
      operator.hangup();
      await operator.ended;
      expect((await waiting.ended).said).toEqual(['about to connect', 'out']);
      expect(queueFields()).toEqual(['bridged']);
      expect(bench.app.to('/about')).toMatchObject([
        { fields: { CallSid: waiting.sid, DequeingCallSid: operator.sid } },
      ]);
    });

    it('requests its action after the caller hung up', async () => {
      const call = bench.dial('<Enqueue action="/out">support</Enqueue>');
      await firstEntry(call, 'enqueued');
      call.hangup();
      await call.ended;
      expect(queueFields()).toEqual(['hangup']);
    });

    it('refuses when the queue is full', async () => {
      const first = bench.dial('<Enqueue maxQueueSize="1">tiny</Enqueue>');
      await firstEntry(first, 'enqueued');
      await bench.dial('<Enqueue maxQueueSize="1" action="/out">tiny</Enqueue>').ended;
      expect(queueFields()).toEqual(['queue-full']);
    });
  });
});

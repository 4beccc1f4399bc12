import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mulawTone } from '@tandem/kit';
import { Bench, codes, firstEntry, until } from '../testing/bench.ts';
import type { StreamMessage } from '../testing/fake-application.ts';
import { MALFORMED_MESSAGES, type StreamFault } from './stream-faults.ts';

describe('a fault of the stream', () => {
  let bench: Bench;
  const dial = (...streamFaults: StreamFault[]) =>
    bench.dial(bench.connect('action="/after"'), { streamFaults });
  const numbers = (messages: readonly StreamMessage[]) =>
    messages.map((message) => Number(message.sequenceNumber));

  beforeEach(async () => {
    bench = await Bench.open({ behaviour: { actionDelayAfterLossMs: 0, overflowBytes: 20_000 } });
    bench.app.on('/after', '<Response><Say>after</Say></Response>');
  });

  afterEach(() => bench.close());

  it('cut: both sides lose the connection, and the action follows', async () => {
    const call = dial({ kind: 'cut', afterMs: 50 });
    const stream = await bench.app.stream();
    expect(await stream.closed).toBe(1006);
    const report = await call.ended;
    expect(codes(report)).toEqual([31_903]);
    expect(report.said).toEqual(['after']);
  });

  it('freeze: nothing is sent, read or ended until the call is updated', async () => {
    const call = dial({ kind: 'freeze', afterMs: 40 });
    const stream = await bench.app.stream();
    await stream.next('media');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = stream.messages.length;
    stream.mark('unread');
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(stream.messages.length).toBe(before);
    expect(call.report()).toMatchObject({
      errors: [],
      status: 'in-progress',
      streams: [{ end: null, marks: [] }],
    });
    await bench.rest(`Calls/${call.sid}.json`, { Twiml: '<Response><Say>rescued</Say></Response>' });
    expect(await call.ended).toMatchObject({ said: ['rescued'], endedBy: 'document-end' });
  });

  it('freeze for a while: audio sent meanwhile is played afterwards', async () => {
    const call = dial({ kind: 'freeze', afterMs: 0, forMs: 100 });
    const stream = await bench.app.stream();
    await stream.next('start');
    stream.mark('later');
    await stream.next('mark');
    expect(call.report().errors).toEqual([]);
  });

  it('slow reader: messages arrive late, but arrive', async () => {
    const call = dial({ kind: 'slow-reader', afterMs: 0, readMs: 10, pauseMs: 50, rounds: 3 });
    const stream = await bench.app.stream();
    await stream.next('start');
    for (let i = 0; i < 20; i += 1) stream.media(mulawTone(400, 20));
    stream.mark('end');
    await stream.next('mark');
    expect(call.report().streams).toMatchObject([{ mediaReceived: 20, playedBytes: 3200 }]);
  });

  it('flood: caller audio comes many times as fast, numbered without a gap', async () => {
    dial({ kind: 'flood', afterMs: 0, factor: 50, forMs: 100 });
    const stream = await bench.app.stream();
    await stream.next('media', () => stream.of('media').length > 100);
    const seen = numbers(stream.of('media'));
    expect(seen).toEqual(seen.map((_, i) => i + 2));
  });

  it('a server that stops reading: audio is discarded with one warning 31930, chunks continue', async () => {
    const call = dial({ kind: 'flood', afterMs: 0, factor: 2000, forMs: 5000 });
    const stream = await bench.app.stream();
    await stream.next('start');
    stream.socket.pause();
    await firstEntry(call, 'error');
    call.stream!.mediaPerTick = 1;
    stream.socket.resume();
    const isContinued = (message: StreamMessage) => {
      const { chunk, timestamp } = message.media as { chunk: string; timestamp: string };
      return Number(chunk) > Number(message.sequenceNumber) && Number(timestamp) === (Number(chunk) - 1) * 20;
    };
    await stream.next('media', isContinued);
    const report = call.report();
    expect(codes(report)).toEqual([31_930]);
    expect(report.errors[0]!.level).toBe('warning');
    expect(report.streams[0]!.mediaDiscarded).toBeGreaterThan(0);
    const seen = numbers(stream.of('media'));
    expect(seen).toEqual(seen.map((_, i) => i + 2));
  });

  it('malformed: sends messages Twilio would never send', async () => {
    dial({ kind: 'malformed', afterMs: 0, texts: MALFORMED_MESSAGES });
    const stream = await bench.app.stream();
    stream.socket.removeAllListeners('message');
    const texts: string[] = [];
    stream.socket.on('message', (data: Buffer) => texts.push(data.toString()));
    await until(() => MALFORMED_MESSAGES.every((text) => texts.includes(text)));
    expect(texts.filter((text) => MALFORMED_MESSAGES.includes(text))).toEqual(MALFORMED_MESSAGES);
  });

  it('lose: leaves a gap in the numbers', async () => {
    dial({ kind: 'lose', afterMs: 30, messages: 3 });
    const stream = await bench.app.stream();
    await stream.next('media', () => stream.of('media').length > 6);
    const seen = numbers(stream.of('media'));
    const gaps = seen.flatMap((number, i) =>
      i > 0 && number !== seen[i - 1]! + 1 ? [number - seen[i - 1]!] : [],
    );
    expect(gaps).toEqual([4]);
  });

  it('duplicate: every message comes twice', async () => {
    dial({ kind: 'duplicate', afterMs: 0, forMs: 10_000 });
    const stream = await bench.app.stream();
    await stream.next('media', () => stream.of('media').length > 20);
    const seen = numbers(stream.of('media')).slice(10, 20);
    expect(new Set(seen).size).toBeLessThanOrEqual(6);
  });

  it('lose-marks: this many never come back, later ones do', async () => {
    dial({ kind: 'lose-marks', afterMs: 0, marks: 2 });
    const stream = await bench.app.stream();
    await stream.next('media', () => stream.of('media').length > 3);
    for (const name of ['a', 'b', 'c']) stream.mark(name);
    await stream.next('mark');
    expect(stream.markNames()).toEqual(['c']);
  });

  it('bunch-marks: marks come back late, all at once and in order, then as usual', async () => {
    const call = dial({ kind: 'bunch-marks', afterMs: 0, holdMs: 200, bunches: 1 });
    const stream = await bench.app.stream();
    await stream.next('media', () => stream.of('media').length > 3);
    for (const name of ['a', 'b']) {
      stream.media(mulawTone(400, 20));
      stream.mark(name);
    }
    await until(() => call.report().streams[0]!.marks.length === 2);
    expect(stream.markNames()).toEqual([]);
    await stream.next('mark', () => stream.of('mark').length === 2);
    stream.mark('c');
    await stream.next('mark', () => stream.of('mark').length === 3);
    expect(stream.markNames()).toEqual(['a', 'b', 'c']);
  });
});

describe('a stream over a distance', () => {
  it('returns a mark a round trip later, and reports the round trip', async () => {
    const bench = await Bench.open({ link: { roundTripMs: [300, 300], jitterMs: 0, lossShare: 0 } });
    try {
      const call = bench.dial(bench.connect());
      const stream = await bench.app.stream();
      await stream.next('start');
      const sentAt = performance.now();
      stream.mark('there and back');
      await stream.next('mark');
      expect(performance.now() - sentAt).toBeGreaterThanOrEqual(295);
      expect(call.report()).toMatchObject({ roundTripMs: 300, errors: [] });
      call.hangup();
      expect(await stream.closed).toBe(1000);
      expect(stream.of('stop')).toHaveLength(1);
    } finally {
      await bench.close();
    }
  });
});

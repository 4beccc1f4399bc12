import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ManualClock, mulawTone } from '@tandem/kit';
import twilio from 'twilio';
import { AUTH_TOKEN, Bench, codes, deadAddress, entries, firstEntry, until } from '../testing/bench.ts';
import type { FakeStream } from '../testing/fake-application.ts';

const AFTER = '<Response><Say>after</Say></Response>';

describe('a media stream', () => {
  let bench: Bench;

  afterEach(() => bench.close());

  describe('in real time', () => {
    beforeEach(async () => {
      bench = await Bench.open({ behaviour: { actionDelayAfterLossMs: 20, handshakeTimeoutMs: 200 } });
      bench.app.on('/after', AFTER);
      bench.app.on('/stream-status', { status: 204, body: '' });
    });

    const events = () =>
      bench.app
        .to('/stream-status')
        .map(({ fields }) => [fields.StreamEvent, fields.StreamError?.slice(0, 5)].filter(Boolean).join(' '));
    const callback = 'statusCallback="/stream-status"';

    it('opens with a signed handshake, connected, start and media', async () => {
      const call = bench.dial(bench.connect('', 'name="main"', '<Parameter name="token" value="a&amp;b"/>'));
      const stream = await bench.app.stream();
      await stream.next('media');
      expect(stream.path).toBe('/media/x');
      expect(
        twilio.validateRequest(
          AUTH_TOKEN,
          String(stream.headers['x-twilio-signature']),
          `${bench.app.streamUrl}/media/x`,
          {},
        ),
      ).toBe(true);
      expect(stream.messages.slice(0, 3)).toMatchObject([
        { event: 'connected' },
        {
          event: 'start',
          sequenceNumber: '1',
          start: {
            callSid: call.sid,
            accountSid: bench.simulator.accountSid,
            tracks: ['inbound'],
            customParameters: { token: 'a&b' },
          },
        },
        { event: 'media', sequenceNumber: '2', media: { track: 'inbound', chunk: '1', timestamp: '0' } },
      ]);
      expect(stream.streamSid).toMatch(/^MZ[0-9a-f]{32}$/);
    });

    it('carries the speech and the keys of the caller', async () => {
      const call = bench.dial(bench.connect());
      const stream = await bench.app.stream();
      await stream.next('media');
      const speech = mulawTone(400, 60);
      expect(await call.say(speech)).toBe(true);
      call.press('1#');
      await stream.next('dtmf', (message) => (message.dtmf as { digit: string }).digit === '#');
      const sound = stream.of('media').map((message) => (message.media as { payload: string }).payload);
      const sent = Buffer.concat(sound.map((payload) => Buffer.from(payload, 'base64')));
      expect(sent.includes(Buffer.from(speech))).toBe(true);
      expect(stream.of('dtmf')).toMatchObject([
        { dtmf: { track: 'inbound_track', digit: '1' } },
        { dtmf: { digit: '#' } },
      ]);
    });

    it('drops a parameter that is too long', async () => {
      const call = bench.dial(
        bench.connect(
          '',
          '',
          `<Parameter name="token" value="${'x'.repeat(495)}"/><Parameter name="ok" value="1"/>`,
        ),
      );
      const stream = await bench.app.stream();
      expect(await stream.next('start')).toMatchObject({ start: { customParameters: { ok: '1' } } });
      expect(codes(call.report())).toEqual([12_200]);
    });

    it('closed by the server is 31921, and the action follows', async () => {
      const call = bench.dial(bench.connect('action="/after?t=1"', `name="n" ${callback}`));
      const stream = await bench.app.stream();
      await stream.next('media');
      stream.socket.close(1000);
      const report = await call.ended;
      expect(codes(report)).toEqual([31_921]);
      expect(report).toMatchObject({ said: ['after'], streams: [{ end: { cause: 'closed-by-server' } }] });
      expect(bench.app.to('/after')).toMatchObject([
        { query: 't=1', fields: { CallStatus: 'in-progress', CallSid: call.sid } },
      ]);
      expect(events()).toEqual(['stream-started', 'stream-error 31921', 'stream-stopped']);
      expect(bench.app.to('/stream-status')[0]!.fields).toMatchObject({
        CallSid: call.sid,
        StreamSid: stream.streamSid,
        StreamName: 'n',
      });
    });

    it('repeats its callbacks on demand', async () => {
      const call = bench.dial(bench.connect('', callback), { callbackFaults: { copies: 3 } });
      (await bench.app.stream()).socket.close();
      await call.ended;
      expect(events()).toEqual(
        ['stream-started', 'stream-error 31921', 'stream-stopped'].flatMap((event) => [event, event, event]),
      );
    });

    it('continues with the next verb without an action', async () => {
      const call = bench.dial(`${bench.connect()}<Say>next</Say>`);
      (await bench.app.stream()).socket.close();
      expect((await call.ended).said).toEqual(['next']);
    });

    it('when broken raises 31903, and the action follows after a while', async () => {
      const call = bench.dial(bench.connect('action="/after"', callback));
      const stream = await bench.app.stream();
      await stream.next('media');
      stream.socket.terminate();
      const report = await call.ended;
      expect(codes(report)).toEqual([31_903]);
      expect(report.said).toEqual(['after']);
      expect(events()).toEqual(['stream-started', 'stream-error 31903', 'stream-stopped']);
    });

    it('counts late media after the call has left it, and plays none', async () => {
      const call = bench.dial(bench.connect());
      const stream = await bench.app.stream();
      await stream.next('media');
      stream.socket.pause(); // The server has not read the end of the stream yet.
      call.hangup();
      stream.media(mulawTone(400, 60));
      await until(() => call.report().streams[0]!.mediaAfterEnd === 1);
      expect(call.report().streams[0]).toMatchObject({ mediaReceived: 0, playedBytes: 0 });
      stream.socket.resume();
      await call.ended;
    });

    it('ends with stop when the caller hangs up; no action is requested', async () => {
      const call = bench.dial(bench.connect('action="/after"', callback));
      const stream = await bench.app.stream();
      await stream.next('media');
      call.hangup();
      expect(await stream.next('stop')).toMatchObject({
        stop: { callSid: call.sid, accountSid: bench.simulator.accountSid },
      });
      await stream.closed;
      const report = await call.ended;
      expect(report).toMatchObject({ status: 'completed', endedBy: 'hangup-by-party', errors: [] });
      expect(events()).toEqual(['stream-started', 'stream-stopped']);
      expect(bench.app.to('/after')).toEqual([]);
      const numbers = stream.messages.slice(1).map((message) => Number(message.sequenceNumber));
      expect(numbers).toEqual(numbers.map((_, i) => i + 1));
    });

    it.each([
      ['a query string', (url: string) => `${url}/media?token=x`, 31_920],
      ['plain ws to a public host', () => 'ws://voice.example.test/media', 31_922],
      ['a relative URL', () => '/media', 31_923],
      ['nobody listening', (_: string, dead: string) => `ws://${dead}/media`, 31_902],
      ['TLS spoken to a server without', (url: string) => `${url.replace('ws:', 'wss:')}/media`, 31_910],
    ])('is not opened with %s, and the action follows', async (_, url, code) => {
      const body =
        `<Connect action="/after"><Stream url="${url(bench.app.streamUrl, await deadAddress())}" ` +
        `${callback}/></Connect>`;
      const report = await bench.dial(body).ended;
      expect(codes(report)).toEqual([code]);
      expect(report.said).toEqual(['after']);
      expect(bench.app.streams).toEqual([]);
      expect(events()).toEqual([`stream-error ${code}`]);
    });

    it('answered with another status than 101 is 31920', async () => {
      const { port } = new URL(bench.simulator.apiBaseUrl);
      const report = await bench.dial(
        `<Connect action="/after"><Stream url="ws://127.0.0.1:${port}/x"/></Connect>`,
      ).ended;
      expect(codes(report)).toEqual([31_920]);
      expect(report.said).toEqual(['after']);
    });

    it('never answered is 31901', async () => {
      const silent = createServer((socket) => socket.on('error', () => undefined));
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as AddressInfo;
      const report = await bench.dial(`<Connect><Stream url="ws://127.0.0.1:${port}/x"/></Connect>`).ended;
      silent.close();
      expect(codes(report)).toEqual([31_901]);
    });

    it('raises 31924 for every invalid message, 31951 once, and continues', async () => {
      const call = bench.dial(bench.connect('', callback));
      const stream = await bench.app.stream();
      await stream.next('start');
      stream.socket.send('{');
      stream.send({ event: 'hangup', streamSid: stream.streamSid });
      stream.socket.send(Buffer.from([1, 2, 3]));
      stream.send({ event: 'mark', streamSid: 'MZwrong', mark: { name: 'x' } });
      stream.mark('still here');
      await stream.next('mark');
      expect(codes(call.report()).sort()).toEqual([31_924, 31_924, 31_924, 31_924, 31_951]);
      expect(call.report().streams).toMatchObject([{ invalidMessages: 4, end: null }]);
      expect(stream.markNames()).toEqual(['still here']);
      call.hangup();
      await call.ended;
      expect(events()).toEqual(['stream-started', 'stream-error 31924', 'stream-stopped']);
    });

    it('ends with 31924 when the WebSocket protocol itself is broken', async () => {
      const call = bench.dial(bench.connect('action="/after"'));
      const stream = await bench.app.stream();
      await stream.next('media');
      // A fragmented control frame.
      (stream.socket as unknown as { _socket: Socket })._socket.write(Buffer.from([0x09, 0x01, 0x00]));
      const report = await call.ended;
      expect(codes(report)).toEqual([31_924]);
      expect(report.said).toEqual(['after']);
    });

    it('forks one way, continues at once, accepts nothing back, and stops by name', async () => {
      bench.app.on('/later', '<Response><Stop><Stream name="tap"/></Stop><Pause length="1"/></Response>');
      const call = bench.dial(
        `<Start><Stream url="${bench.app.streamUrl}/tap" name="tap" ` +
          'track="both_tracks"/></Start><Say>on</Say><Gather action="/later" numDigits="1" timeout="600"/>',
      );
      const stream = await bench.app.stream();
      await stream.next('media', (message) => (message.media as { track: string }).track === 'outbound');
      expect(await stream.next('start')).toMatchObject({ start: { tracks: ['inbound', 'outbound'] } });
      stream.mark('nobody listens');
      await firstEntry(call, 'error');
      call.press('1');
      await stream.next('stop');
      const report = await call.ended;
      expect(codes(report)).toEqual([31_924, 31_951]);
      expect(report.said).toEqual(['on']);
      expect(stream.of('dtmf')).toEqual([]);
    });

    it('keeps no more than four tracks', async () => {
      const tap = (name: string) =>
        `<Start><Stream url="${bench.app.streamUrl}/${name}" name="${name}" track="both_tracks"/></Start>`;
      const report = await bench.dial(`${tap('a')}${tap('b')}${tap('c')}`).ended;
      expect(codes(report)).toEqual([12_200]);
      expect(report.streams.map((stream) => stream.name)).toEqual(['a', 'b']);
    });
  });

  describe('on a clock moved by hand', () => {
    let clock: ManualClock;
    let stream: FakeStream;

    const start = async (options: { isRecording?: boolean } = {}) => {
      clock = new ManualClock();
      bench = await Bench.open({ clock });
      const call = bench.dial(bench.connect(), options);
      stream = await bench.app.stream();
      await stream.next('start');
      await until(() => call.stream !== null);
      return call;
    };
    const received = (call: {
      report(): { streams: readonly { mediaReceived: number; outstandingMarks: number }[] };
    }) => call.report().streams[0]!;

    it('sends one message of 20 ms every 20 ms', async () => {
      await start();
      clock.advance(1000);
      await until(() => stream.of('media').length === 50);
      const times = stream.of('media').map((message) => (message.media as { timestamp: string }).timestamp);
      expect(times).toEqual(Array.from({ length: 50 }, (_, i) => String(i * 20)));
    });

    it('plays 8000 bytes a second and echoes a mark once the bytes before it were heard', async () => {
      const call = await start();
      stream.media(mulawTone(400, 100));
      stream.mark('after 100 ms');
      stream.media(mulawTone(400, 50));
      stream.mark('after 150 ms');
      await until(() => received(call).outstandingMarks === 2);
      clock.advance(100);
      expect(call.report().streams[0]).toMatchObject({ playedBytes: 640, marks: [] });
      clock.advance(20);
      expect(call.report().streams[0]!.marks.map((mark) => mark.name)).toEqual(['after 100 ms']);
      clock.advance(60);
      expect(call.report().streams[0]).toMatchObject({
        playedBytes: 1200,
        marks: [{ atByte: 800 }, { atByte: 1200, cause: 'played' }],
      });
      await until(() => stream.markNames().length === 2);
      expect(stream.markNames()).toEqual(['after 100 ms', 'after 150 ms']);
    });

    it('brings marks back on clear and falls silent', async () => {
      const call = await start();
      stream.media(mulawTone(400, 10_000));
      stream.mark('never heard');
      await until(() => received(call).outstandingMarks === 1);
      clock.advance(200);
      stream.clear();
      stream.mark('behind');
      await until(() => stream.markNames().length >= 1);
      clock.advance(20);
      await until(() => stream.markNames().length === 2);
      expect(stream.markNames()).toEqual(['never heard', 'behind']);
      expect(call.report().streams[0]).toMatchObject({
        playedBytes: 1600,
        droppedBytes: 78_400,
        queuedBytes: 0,
        marks: [{ cause: 'cleared' }, { cause: 'played' }],
      });
      clock.advance(1000);
      expect(call.report().streams[0]!.playedBytes).toBe(1600);
    });

    it('records both sides in step', async () => {
      const call = await start({ isRecording: true });
      const [callerSpeech, agentSpeech] = [mulawTone(300, 40), mulawTone(600, 40)];
      const said = call.say(callerSpeech);
      stream.media(agentSpeech);
      await until(() => received(call).mediaReceived === 1);
      clock.advance(80);
      expect(await said).toBe(true);
      const { caller, agent } = call.report().recording!;
      expect([caller.length, agent.length]).toEqual([4, 4]);
      expect(Buffer.concat(caller).includes(Buffer.from(callerSpeech))).toBe(true);
      expect(Buffer.concat(agent).includes(Buffer.from(agentSpeech))).toBe(true);
    });

    it('records when each frame was played, also when it was late', async () => {
      const call = await start({ isRecording: true });
      const before = call.report().recording!.frameAtMs.length;
      clock.advance(40);
      // After a stall of two seconds half a second is caught up at once, the rest is skipped.
      clock.stall(2_000);
      clock.advance(20);
      const { frameAtMs, agent } = call.report().recording!;
      expect(frameAtMs).toHaveLength(agent.length);
      const [first, second, late, ...more] = frameAtMs.slice(before);
      expect(second! - first!).toBe(20);
      expect(late! - second!).toBeGreaterThan(1_900);
      expect(more.at(-1)! - late!).toBeLessThanOrEqual(40);
    });

    it('measures answers and interruptions by the sound heard', async () => {
      const call = await start();
      void call.say(mulawTone(300, 200));
      clock.advance(500);
      stream.media(mulawTone(600, 5000));
      await until(() => received(call).mediaReceived === 1);
      clock.advance(1000);
      void call.say(mulawTone(300, 400));
      clock.advance(300);
      stream.clear();
      await until(() => call.report().streams[0]!.clears.length === 1);
      clock.advance(1000);
      const { firstAudioMs, responses, interruptions } = call.report().timing;
      expect(responses.map((response) => response.responseMs)).toEqual([300]);
      expect(responses[0]!.agentStartedMs).toBe(firstAudioMs);
      expect(interruptions.map((interruption) => interruption.silenceMs)).toEqual([300]);
      expect(entries(call.report(), 'agent-stopped')).toHaveLength(1);
    });

    it('detects when the agent speaks and when it has been silent long enough', async () => {
      const call = await start();
      const speech = call.waitForSpeech();
      stream.media(mulawTone(600, 300));
      await until(() => received(call).mediaReceived === 1);
      clock.advance(100);
      const startedMs = await speech;
      const silence = call.waitForSilence(500);
      clock.advance(1000);
      expect((await silence) - startedMs).toBeGreaterThanOrEqual(800);
      const vain = call.waitForSpeech({ timeoutMs: 100 });
      clock.advance(200);
      await expect(vain).rejects.toThrow('Timed out');
      const cut = call.waitForSpeech();
      call.hangup();
      await expect(cut).rejects.toThrow(/ended .*before/);
    });
  });
});

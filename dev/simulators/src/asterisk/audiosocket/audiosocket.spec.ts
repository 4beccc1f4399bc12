import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mulawTone } from '@tandem/kit';
import { deadAddress, until } from '../../twilio/testing/bench.ts';
import type { AsteriskSimulatorOptions } from '../asterisk-simulator.ts';
import type { PlaceCallOptions } from '../place-call-options.ts';
import type { RelayConnection } from '../testing/fake-relay.ts';
import { entries, PbxBench } from '../testing/pbx-bench.ts';

const ID = randomUUID();

describe('AudioSocket', () => {
  let bench: PbxBench;

  beforeEach(async () => {
    bench = await PbxBench.open();
  });
  afterEach(() => bench.close());

  async function reopen(options: AsteriskSimulatorOptions): Promise<void> {
    await bench.close();
    bench = await PbxBench.open(options);
  }

  const dialled = (codec: string, then: readonly string[] = [], options: Partial<PlaceCallOptions> = {}) =>
    bench.dial(
      [`Dial(AudioSocket/${bench.relay.address}/${ID}/c(${codec}),,g)`, 'NoOp(after)', ...then],
      options,
    );
  const applied = (options: Partial<PlaceCallOptions> = {}) =>
    bench.dial(['Answer()', `AudioSocket(${ID},${bench.relay.address})`, 'NoOp(after)'], options);
  const goesOn = (call: ReturnType<typeof dialled>) =>
    call.ended.then((report) => entries(report, 'application').some(({ args }) => args === 'after'));

  /** Endings of a connection by the relay, by the cause that is reported. */
  const ENDINGS: Readonly<Record<string, (connection: RelayConnection) => void>> = {
    'hung-up-by-relay': (connection) => connection.hangUp(),
    'closed-by-relay': (connection) => connection.socket.end(),
    'connection-reset': (connection) => connection.socket.resetAndDestroy(),
    'cut-in-frame': (connection) => connection.socket.end(Buffer.from([0x10, 0x01, 0x40, 1, 2])),
    'protocol-error': (connection) => connection.sendAudio(0x03, 2),
  };

  describe('as a channel', () => {
    it.each([
      ['slin', 0x10, 320],
      ['slin12', 0x11, 480],
      ['slin16', 0x12, 640],
      ['slin24', 0x13, 960],
    ])('sends the UUID, then 20 ms of %s in each frame', async (codec, type, bytes) => {
      const call = dialled(codec);
      const connection = await bench.relay.connection();
      await until(() => connection.frames.length > 3);
      call.hangup();
      const [report] = (await call.ended).legs;
      expect(connection.uuid).toBe(ID);
      const sizes = new Set(connection.frames.slice(1).map((sent) => `${sent.type} ${sent.payload.length}`));
      expect(sizes).toEqual(new Set([`${type} ${bytes}`]));
      expect(report).toMatchObject({ form: 'channel', codec, uuid: ID, address: bench.relay.address });
      expect(call.isAnswered).toBe(true);
    });

    it.each(Object.keys(ENDINGS))('goes on with the dialplan after: %s', async (cause) => {
      const call = dialled('slin');
      ENDINGS[cause]!(await bench.relay.connection());
      expect(await goesOn(call)).toBe(true);
      expect((await call.ended).legs[0]!.end!.cause).toBe(cause);
    });

    it('hangs the caller up without option g', async () => {
      const call = bench.dial([`Dial(AudioSocket/${bench.relay.address}/${ID}/c(slin))`, 'NoOp(after)']);
      (await bench.relay.connection()).socket.end();
      expect(await goesOn(call)).toBe(false);
      expect((await call.ended).endedBy).toBe('dial-ended');
    });

    it('tells the dialplan that no relay took the connection', async () => {
      const call = bench.dial([
        `Dial(AudioSocket/${await deadAddress()}/${ID}/c(slin),,g)`,
        'NoOp(${DIALSTATUS})',
        'Dial(AudioSocket/127.0.0.1:9/not-a-uuid/c(slin),,g)',
        'NoOp(${DIALSTATUS})',
      ]);
      const report = await call.ended;
      const results = entries(report, 'application').flatMap(({ name, args }) =>
        name === 'NoOp' ? [args] : [],
      );
      expect(results).toEqual(['CHANUNAVAIL', 'CHANUNAVAIL']);
      expect(report.legs.map(({ end }) => end!.cause)).toEqual(['connect-failed']);
      expect(report.errors).toEqual([expect.stringContaining('not-a-uuid')]);
    });

    it('refuses codecs it does not have', async () => {
      expect((await dialled('opus').ended).errors).toEqual([expect.stringContaining('no codec "opus"')]);
      await reopen({ release: '22.6' });
      expect((await dialled('slin16').ended).errors).toEqual([expect.stringContaining('no codec "slin16"')]);
    });

    it('carries the caller’s voice and keys, and what the relay says', async () => {
      const call = dialled('slin16', [], { isRecording: true });
      const connection = await bench.relay.connection();
      await call.say(mulawTone(440, 100), { text: 'Hello.' });
      call.press('5#');
      const speaking = setInterval(() => connection.sendAudio(0x12, 640, 5_000), 20);
      await call.waitForSpeech();
      clearInterval(speaking);
      await call.waitForSilence(400);
      call.hangup();
      const report = await call.ended;
      expect(connection.digits).toBe('5#');
      const loudest = Math.max(
        ...connection.frames
          .filter(({ type }) => type === 0x12)
          .map(({ payload }) => Math.abs(payload.readInt16LE(100))),
      );
      expect(loudest).toBeGreaterThan(1_000);
      expect(report.timing.firstAudioMs).not.toBeNull();
      expect(entries(report, 'agent-stopped')).toHaveLength(1);
      expect(report.legs[0]).toMatchObject({ digitsSent: 2, framesReceived: report.legs[0]!.spacing.frames });
      expect(report.recording!.rateHz).toBe(16_000);
      expect(report.recording!.agent).toHaveLength(report.legs[0]!.framesReceived);
    });

    it('drops keys in releases that do', async () => {
      await reopen({ release: '22.2' });
      const call = dialled('slin');
      const connection = await bench.relay.connection();
      call.press('5');
      call.hangup();
      expect((await call.ended).legs[0]).toMatchObject({ digitsSent: 0, digitsDropped: 1 });
      expect(connection.digits).toBe('');
    });

    it('closes without a hang-up frame when the caller hangs up: a FIN, or a reset', async () => {
      for (const [index, closesWithReset] of [false, true].entries()) {
        const call = dialled('slin', [], { closesWithReset });
        const connection = await bench.relay.connection(index);
        call.hangup();
        await call.ended;
        await until(() => connection.ending !== null);
        expect(connection.ending).toBe(closesWithReset ? 'reset' : 'fin');
        expect(connection.frames.every(({ type }) => type !== 0x00)).toBe(true);
      }
    });

    it('dies of a relay that does not read', async () => {
      const call = dialled('slin192', [], {
        legFaults: [{ kind: 'flood', factor: 200, forMs: 60_000, afterMs: 0 }],
      });
      (await bench.relay.connection()).socket.pause();
      expect(await goesOn(call)).toBe(true);
      expect((await call.ended).legs[0]!.end!.cause).toBe('short-write');
    });

    it('dies of a payload whose rest does not come', async () => {
      const call = dialled('slin');
      (await bench.relay.connection()).socket.write(Buffer.from([0x10, 0x01, 0x40, 1, 2]));
      expect((await call.ended).legs[0]!.end!).toMatchObject({ cause: 'protocol-error', detail: /5 ms/ });
    });

    it('sends nothing when the phone sends nothing', async () => {
      const call = dialled('slin', [], { sendsAudio: false });
      const connection = await bench.relay.connection();
      connection.sendAudio(0x10, 320, 5_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      expect(connection.frames).toHaveLength(1);
      call.hangup();
      await call.ended;
    });
  });

  describe('as an application', () => {
    it('carries 8 kHz', async () => {
      const call = applied();
      const connection = await bench.relay.connection();
      await until(() => connection.frames.length > 2);
      call.press('7');
      await until(() => connection.digits === '7');
      call.hangup();
      await call.ended;
      expect(connection.audioTypes).toEqual(new Set([0x10]));
    });

    it.each([
      ['hung-up-by-relay', true],
      ['closed-by-relay', true],
      ['connection-reset', false],
      ['cut-in-frame', false],
      ['protocol-error', false],
    ])('after %s the dialplan goes on: %s', async (cause, expected) => {
      const call = applied();
      ENDINGS[cause]!(await bench.relay.connection());
      expect(await goesOn(call)).toBe(expected);
      const report = await call.ended;
      expect(report.legs[0]!.end!.cause).toBe(cause);
      expect(report.endedBy).toBe(expected ? 'dialplan-end' : 'application-failed');
    });

    it('hung the caller up after a close before 2025', async () => {
      await reopen({ release: '22.2' });
      const call = applied();
      (await bench.relay.connection()).socket.end();
      expect(await goesOn(call)).toBe(false);
    });

    it.each([
      ['a UUID that is none', 'AudioSocket(1700000000.1,127.0.0.1:9092)', /failed to parse UUID/],
      ['a relay that is away', `AudioSocket(${ID},127.0.0.1:9)`, null],
    ])('hangs up with %s', async (_, application, told) => {
      const report = await bench.dial(['Answer()', application, 'NoOp(after)']).ended;
      expect(report.endedBy).toBe('application-failed');
      if (told) expect(report.errors).toEqual([expect.stringMatching(told)]);
    });

    it('hangs up on a channel that is not answered', async () => {
      const report = await bench.dial([`AudioSocket(${ID},${bench.relay.address})`, 'NoOp(after)']).ended;
      expect(report).toMatchObject({ endedBy: 'application-failed', answeredAtMs: null });
    });

    it('gives up after two seconds in which neither side sends', async () => {
      const report = await applied({ sendsAudio: false }).ended;
      expect(report.legs[0]!.end!.cause).toBe('idle');
      expect(report.endedBy).toBe('application-failed');
      expect(report.legs[0]!.endedAtMs! - report.legs[0]!.openedAtMs!).toBeGreaterThanOrEqual(1_990);
    });
  });

  describe('with faults', () => {
    it('half-closes: a FIN, and the connection stays', async () => {
      const call = dialled('slin', [], { legFaults: [{ kind: 'half-close', afterMs: 50 }] });
      const connection = await bench.relay.connection();
      await until(() => connection.ending !== null);
      expect(connection.ending).toBe('fin');
      expect((await call.ended).legs[0]!.end).toEqual({ cause: 'fault', detail: 'half-closed' });
      expect(connection.socket.destroyed).toBe(false);
    });

    it('vanishes without a FIN', async () => {
      const call = dialled('slin', [], { legFaults: [{ kind: 'vanish', afterMs: 50 }] });
      const connection = await bench.relay.connection();
      await call.ended;
      await new Promise((resolve) => setTimeout(resolve, 50));
      expect([connection.ending, connection.socket.destroyed]).toEqual([null, false]);
    });

    it('freezes and thaws', async () => {
      const call = dialled('slin', [], { legFaults: [{ kind: 'freeze', afterMs: 0, forMs: 300 }] });
      const connection = await bench.relay.connection();
      await until(() => connection.frames.length > 3);
      call.hangup();
      const [leg] = (await call.ended).legs;
      expect(leg!.endedAtMs! - leg!.openedAtMs!).toBeGreaterThan(290);
    });

    it.each([
      ['fin', 'fin'],
      ['reset', 'reset'],
    ] as const)('ends this leg with a %s', async (kind, expected) => {
      const call = dialled('slin', [], { legFaults: [{ kind, afterMs: 20 }] });
      const connection = await bench.relay.connection();
      await until(() => connection.ending !== null);
      expect(connection.ending).toBe(expected);
      expect(await goesOn(call)).toBe(true);
    });

    it('happens to the connection that was named', async () => {
      const legFaults = [{ kind: 'reset', afterMs: 20, leg: 1 }] as const;
      const again = `Dial(AudioSocket/${bench.relay.address}/${randomUUID()}/c(slin),,g)`;
      const call = dialled('slin', [again], { legFaults });
      (await bench.relay.connection(0)).socket.end();
      expect((await call.ended).legs.map(({ end }) => end!.cause)).toEqual(['closed-by-relay', 'fault']);
    });

    it('sends frames in pieces, and what is no frame', async () => {
      const call = dialled('slin', [], {
        legFaults: [
          { kind: 'split', pieceBytes: 2, forMs: 100, afterMs: 0 },
          { kind: 'raw', bytes: Buffer.from([0xff, 0, 1, 9]), afterMs: 300 },
        ],
      });
      const connection = await bench.relay.connection();
      await until(() => connection.frames.some(({ type }) => type === 0xff));
      call.hangup();
      await call.ended;
      expect(connection.audioTypes).toEqual(new Set([0x10]));
    });

    it.each([
      [{ kind: 'late-uuid', delayMs: 200 } as const, ID],
      [
        { kind: 'other-uuid', uuid: '00000000-0000-4000-8000-000000000000' } as const,
        '00000000-0000-4000-8000-000000000000',
      ],
    ])('introduces itself wrong: %j', async (fault, expected) => {
      const call = dialled('slin', [], { openingFaults: [fault], sendsAudio: false });
      expect((await bench.relay.connection()).uuid).toBe(expected);
      call.hangup();
      await call.ended;
    });

    it('does not introduce itself', async () => {
      const call = dialled('slin', [], { openingFaults: [{ kind: 'no-uuid' }] });
      const connection = await bench.relay.connection();
      expect([connection.uuid, connection.frames[0]!.type]).toEqual([null, 0x10]);
      call.hangup();
      await call.ended;
    });
  });
});

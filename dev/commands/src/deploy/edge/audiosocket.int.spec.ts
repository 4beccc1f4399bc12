import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '@tandem/stack';
import { closed, connectAudioSocket, firstFrame, type AudioSocketAnswer } from './audiosocket-client.ts';
import { EdgeBench } from './edge-bench.ts';
import { edgeProgramHere } from './edge-program.ts';
import { echoes } from './edge-stream.ts';

jest.setTimeout(120_000);

const program = await edgeProgramHere('haproxy');
const RELAYS = [1, 2, 3];
const SOCKETS = 240;
const PATIENCE_MS = 15_000;
const PBX = { EDGE_PBX_NETWORKS: '10.0.0.0/8 127.0.0.0/8' };

interface Routed extends AudioSocketAnswer {
  readonly asked: number;
}

async function alive(routed: readonly Routed[]): Promise<Routed[]> {
  const checked = await Promise.all(routed.map(async ({ socket }) => echoes(socket)));
  return routed.filter((_each, index) => checked[index]);
}

const misrouted = (routed: readonly Routed[]): number =>
  routed.filter(({ asked, relay }) => relay !== `relay-${asked}`).length;

(program === null ? describe.skip : describe)('AudioSocket through HAProxy', () => {
  let bench: EdgeBench;
  const opened: AudioSocketAnswer[] = [];
  const start = async (env: Record<string, string> = PBX) => {
    bench = await EdgeBench.start(program!, env);
    for (const relay of RELAYS) await bench.serveAudioSocket(relay);
  };
  const open = async (...chunks: Buffer[]): Promise<AudioSocketAnswer> => {
    const answer = await connectAudioSocket({ port: bench.edge.audioSocketPort }, ...chunks);
    opened.push(answer);
    return answer;
  };
  const openMany = async (count: number): Promise<Routed[]> => {
    const routed: Routed[] = [];
    let next = 0;
    const lane = async (): Promise<void> => {
      while (next < count) {
        const asked = RELAYS[next++ % RELAYS.length]!;
        routed.push({ asked, ...(await open(firstFrame(asked))) });
      }
    };
    await Promise.all(Array.from({ length: 20 }, lane));
    return routed;
  };
  const reached = (): number =>
    [...bench.audioSockets.values()].reduce((sum, { firstFrames }) => sum + firstFrames.length, 0);
  /** Asks again until the relay is reached, or not any more; returns the last answer. */
  const settled = async (relay: number, expected: string | null): Promise<string | null> => {
    let last: string | null = null;
    for (const until = Date.now() + PATIENCE_MS; Date.now() < until; await sleep(50)) {
      last = (await open(firstFrame(relay))).relay;
      if (last === expected) break;
    }
    return last;
  };

  afterEach(async () => {
    for (const { socket } of opened.splice(0)) socket.destroy();
    await bench.stop();
  });

  describe('for the networks of a PBX', () => {
    beforeEach(() => start());

    it('brings every call to the relay its UUID names, and keeps it when others are killed', async () => {
      const routed = await openMany(SOCKETS);
      expect(misrouted(routed)).toBe(0);
      expect(await alive(routed)).toHaveLength(SOCKETS);
      bench.audioSockets.get('relay-2')!.stop();
      const others = routed.filter(({ asked }) => asked !== 2);
      let left = await alive(routed);
      for (const until = Date.now() + PATIENCE_MS; Date.now() < until && left.length > others.length;)
        left = await alive(routed);
      expect(left).toEqual(others);
      expect((await open(firstFrame(2))).relay).toBeNull();
      await bench.serveAudioSocket(2);
      expect(await settled(2, 'relay-2')).toBe('relay-2');
    });

    it('hands on the first frame as it came, also byte by byte, and what follows it at once', async () => {
      const bytes = firstFrame(3);
      const split = await open(...[...bytes].map((byte) => Buffer.of(byte)));
      expect(split.relay).toBe('relay-3');
      const together = firstFrame(1);
      const { relay, socket } = await open(Buffer.concat([together, Buffer.from('audio')]));
      expect(relay).toBe('relay-1');
      expect(await echoes(socket)).toBe(true);
      expect(bench.audioSockets.get('relay-3')!.firstFrames).toEqual([bytes.toString('hex')]);
      expect(bench.audioSockets.get('relay-1')!.firstFrames).toEqual([together.toString('hex')]);
    });

    it('reaches a relay that appears, without a reload', async () => {
      expect((await open(firstFrame(4))).relay).toBeNull();
      await bench.serveAudioSocket(4);
      expect(await settled(4, 'relay-4')).toBe('relay-4');
    });

    it.each([
      ['another kind of frame', Buffer.concat([Buffer.of(0x10, 0x00, 0x10), Buffer.alloc(16)])],
      ['a UUID of another length', Buffer.concat([Buffer.of(0x01, 0x00, 0x11), Buffer.alloc(17)])],
      ['HTTP', Buffer.from('GET /metrics HTTP/1.1\r\nhost: relay-1\r\n\r\n')],
      ['a relay that is not there', firstFrame(9)],
      ['no relay', firstFrame(0xffff)],
    ])('closes a connection that begins with %s', async (_what, bytes) => {
      expect((await open(bytes)).relay).toBeNull();
      expect(reached()).toBe(0);
    });

    it('looks up no name with more than four digits', async () => {
      await bench.serveAudioSocket(10_000, '127.0.1.10');
      expect((await open(firstFrame(10_000))).relay).toBeNull();
      await bench.serveAudioSocket(9_999, '127.0.1.9');
      expect(await settled(9_999, 'relay-9999')).toBe('relay-9999');
    });

    it('closes a connection whose first frame is not whole in time, or that sends nothing', async () => {
      const answers = await Promise.all([open(firstFrame(1).subarray(0, 18)), open(), open(Buffer.of(1))]);
      expect(answers.map(({ relay }) => relay)).toEqual([null, null, null]);
      expect(reached()).toBe(0);
    });

    it('passes on the end of either side', async () => {
      const { socket } = await open(firstFrame(1));
      socket.end();
      await closed(socket);
      for (const until = Date.now() + PATIENCE_MS; Date.now() < until && count('relay-1') > 0;)
        await sleep(20);
      expect(count('relay-1')).toBe(0);
    });

    it('is reloaded under live calls and new ones, and drops none', async () => {
      const before = await openMany(60);
      bench.edge.reload();
      const during = await openMany(120);
      await sleep(1_500);
      expect(misrouted(during)).toBe(0);
      expect(await alive([...before, ...during])).toHaveLength(180);
    });

    it('writes which relay a call went to, and nothing of its UUID', async () => {
      const frames = [firstFrame(1), firstFrame(9), Buffer.concat([firstFrame(2).fill(0x10, 0, 1)])];
      for (const frame of frames) (await open(frame)).socket.destroy();
      for (const until = Date.now() + PATIENCE_MS; Date.now() < until && logged().length < 3;)
        await sleep(50);
      expect(logged()).toHaveLength(3);
      expect(logged().filter((line) => line.includes('127.0.1.1'))).toHaveLength(1);
      for (const frame of frames)
        for (const bytes of [frame.subarray(3), frame.subarray(5, 9), frame.subarray(3, 7)]) {
          expect(bench.edge.output).not.toContain(bytes.toString('hex'));
          expect(bench.edge.output).not.toContain(bytes.toString('latin1'));
        }
    });
  });

  it('is for the networks of a PBX only', async () => {
    await start({ EDGE_PBX_NETWORKS: '10.0.0.0/8' });
    expect((await open(firstFrame(1))).relay).toBeNull();
    expect(reached()).toBe(0);
  });

  it('is closed unless the networks of a PBX are named', async () => {
    await start({});
    expect((await open(firstFrame(1))).relay).toBeNull();
  });

  it('takes calls under IPv4 and IPv6', async () => {
    const port = await freePort();
    const listens = `127.0.0.1:${port},::1:${port}`;
    await start({ EDGE_PBX_NETWORKS: '127.0.0.0/8 ::1/128', EDGE_AUDIOSOCKET_LISTEN: listens });
    for (const host of ['127.0.0.1', '::1']) {
      const answer = await connectAudioSocket({ port, host }, firstFrame(3));
      opened.push(answer);
      expect(answer.relay).toBe('relay-3');
    }
  });

  it('counts what it refuses', async () => {
    await start();
    await open(firstFrame(1).fill(0x10, 0, 1));
    const response = await fetch(`http://127.0.0.1:${bench.edge.managementPort}/metrics`);
    const count = /^haproxy_frontend_requests_denied_total\{proxy="audiosocket"\} (\d+)$/m;
    expect(count.exec(await response.text())?.[1]).toBe('1');
  });

  it('refuses connections beyond its limit at once, and takes others when some end', async () => {
    await start({ ...PBX, EDGE_AUDIOSOCKET_CONNECTIONS: '5' });
    const calls: AudioSocketAnswer[] = [];
    for (let call = 0; call < 7; call += 1) calls.push(await open(firstFrame(1)));
    expect(calls.map(({ relay }) => relay)).toEqual([...new Array<string>(5).fill('relay-1'), null, null]);
    calls[0]?.socket.destroy();
    expect(await settled(2, 'relay-2')).toBe('relay-2');
  });

  it('bounds new connections of one address', async () => {
    await start({ ...PBX, EDGE_CONNECTIONS_PER_ADDRESS: '10' });
    const answers: (string | null)[] = [];
    for (let call = 0; call < 20; call += 1) answers.push((await open(firstFrame(1))).relay);
    expect(answers[0]).toBe('relay-1');
    expect(answers.at(-1)).toBeNull();
  });

  const count = (relay: string): number => bench.audioSockets.get(relay)!.open;
  const logged = (): string[] =>
    bench.edge.output.split('\n').filter((line) => line.includes(' audiosocket '));
});

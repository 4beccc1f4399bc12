// The far sides of a relay, carrier and model, in one process of their own. Talks to its parent over IPC.
import { createServer, type AddressInfo } from 'node:net';
import { performance } from 'node:perf_hooks';
import { seededRandom } from '@tandem/kit';
import { AudioSocketCall, type AudioSocketTotals } from './audiosocket-call.ts';
import { placeCall, type CarrierAccount } from './carrier-call.ts';
import { CarrierStream, type CarrierTotals, type Habit } from './carrier-stream.ts';
import { Distance } from './distance.ts';
import { FrameClock } from './frame-clock.ts';
import { Histogram } from './histogram.ts';
import { ModelSession, type ModelTotals } from './model-session.ts';
import type { PumpFigures } from './pump-process.ts';

const clock = new FrameClock();
const random = seededRandom(1);
const carrier: CarrierTotals = {
  framesSent: 0,
  mediaHeard: 0,
  marks: 0,
  clears: 0,
  lost: 0,
  latency: new Histogram(),
};
const oddCarrier: CarrierTotals = { ...carrier, latency: new Histogram() };
const model: ModelTotals = {
  framesArrived: 0,
  oddFrames: 0,
  deltasSent: 0,
  truncated: 0,
  toolResults: 0,
  latency: new Histogram(),
};
const audioSocket: AudioSocketTotals = { framesSent: 0, framesHeard: 0, lost: 0, spacing: new Histogram() };
const streams = new Set<CarrierStream>();
let sessions = 0;
let callers = 0;
let refused = 0;
let since = { ms: performance.now(), cpu: process.cpuUsage() };

const server = createServer((socket) => {
  sessions += 1;
  socket.on('close', () => (sessions -= 1));
  new ModelSession(socket, clock, model, (sessions * 0.618) % 1, new Distance(random));
}).listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }));

const commands: Readonly<Record<string, (argument: never) => unknown>> = {
  place: async ({ account, habit }: { account: CarrierAccount; habit: Habit }) => {
    callers += 1;
    try {
      keep(
        await placeCall(
          account,
          `+1202${String(1_000_000 + (callers % 8_000_000))}`,
          habit,
          clock,
          habit === 'ordinary' ? carrier : oddCarrier,
          new Distance(random),
        ),
      );
    } catch (error) {
      refused += 1;
      throw error;
    }
  },
  /** A stream without a call: the address is the relay's, and it asks for no ticket. */
  attach: (url: string) => {
    callers += 1;
    keep(
      new CarrierStream(
        new URL(url),
        { callSid: `CA${callers}`, accountSid: 'AC0', streamSid: `MZ${callers}`, parameters: {} },
        'ordinary',
        clock,
        carrier,
        new Distance(random),
      ),
    );
  },
  /** An AudioSocket to a port that takes any UUID. */
  attachAudioSocket: ({ port, rateHz }: { port: number; rateHz: number }) => {
    new AudioSocketCall(port, rateHz, clock, audioSocket);
  },
  /** Hangs up the oldest `count` calls. */
  hangUp: (count: number) => {
    for (const stream of [...streams].slice(0, count)) stream.leave();
  },
  reset: () => {
    for (const totals of [carrier, model, oddCarrier]) {
      totals.latency.reset();
      for (const [name, value] of Object.entries(totals))
        if (typeof value === 'number') Object.assign(totals, { [name]: 0 });
    }
    audioSocket.spacing.reset();
    Object.assign(audioSocket, { framesSent: 0, framesHeard: 0, lost: 0 });
    clock.lateness.reset();
    since = { ms: performance.now(), cpu: process.cpuUsage() };
  },
  figures: (): PumpFigures => {
    const seconds = (performance.now() - since.ms) / 1000;
    const { user, system } = process.cpuUsage(since.cpu);
    return {
      seconds,
      calls: streams.size,
      sessions,
      refused,
      carrier: { ...carrier, latency: carrier.latency.spread },
      odd: { framesSent: oddCarrier.framesSent, lost: oddCarrier.lost },
      model: { ...model, latency: model.latency.spread },
      audioSocket: { ...audioSocket, spacing: audioSocket.spacing.spread },
      lateness: clock.lateness.spread,
      coreShare: (user + system) / 1e6 / seconds,
    };
  },
};

function keep(stream: CarrierStream): void {
  streams.add(stream);
  void stream.ended.then(() => streams.delete(stream));
}

process.on('message', ({ id, name, argument }: { id: number; name: string; argument: never }) => {
  void Promise.resolve()
    .then(() => commands[name]?.(argument))
    .then(
      (result) => process.send?.({ id, result }),
      (error: unknown) =>
        process.send?.({ id, fault: error instanceof Error ? error.message : String(error) }),
    );
});
process.on('disconnect', () => process.exit());

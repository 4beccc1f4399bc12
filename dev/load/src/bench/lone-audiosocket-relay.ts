// The part of a relay that audio of AudioSockets passes, without Redis: any UUID is taken.
import { createServer, type AddressInfo } from 'node:net';
import { modelInFormat } from '@tandem/conversation';
import { openAiRealtimeModel } from '@tandem/models';
import { AudioSocketConnection, AudioSocketStream, audioRateOf, PlayoutClock } from '@tandem/telephony';
import { benchClock, fail, startBenchCall } from './bench-call.ts';

const [, , modelUrl = ''] = process.argv;
const clock = benchClock();
const playout = new PlayoutClock(clock);
const model = openAiRealtimeModel({ url: modelUrl, apiKey: 'none', model: 'none', clock, onError: fail });
const server = createServer((socket) => {
  const connection = new AudioSocketConnection(socket, () => undefined);
  connection.listener = {
    onMessage: ([kind]) => {
      const rateHz = kind === undefined ? undefined : audioRateOf(kind);
      if (rateHz === undefined) return;
      const stream = new AudioSocketStream(connection, 'bench', rateHz, playout, clock, fail);
      startBenchCall(stream, modelInFormat(model, stream.format), clock);
    },
    onClosed: () => undefined,
  };
});
server.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `tcp://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);
process.on('message', () => process.send?.(process.cpuUsage()));
process.on('disconnect', () => process.exit());

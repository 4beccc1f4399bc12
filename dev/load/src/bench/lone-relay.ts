// The part of a relay that audio passes, between real sockets and without Redis: what `bench` measures in its
// own process.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openAiRealtimeModel } from '@tandem/models';
import { parseTwilioMessage, TwilioStream, WsMessageSocket } from '@tandem/telephony';
import { WebSocketServer } from 'ws';
import { benchClock, fail, startBenchCall } from './bench-call.ts';

const MAX_MESSAGE_BYTES = 64 * 1024;
const [, , modelUrl = ''] = process.argv;
const clock = benchClock();
const model = openAiRealtimeModel({ url: modelUrl, apiKey: 'none', model: 'none', clock, onError: fail });
const server = createServer();
new WebSocketServer({ server, maxPayload: MAX_MESSAGE_BYTES, perMessageDeflate: false }).on(
  'connection',
  (accepted, request) => {
    const socket = new WsMessageSocket(accepted, request.socket, 'text');
    const onClosed = (): void => undefined;
    const onMessage = (data: Buffer): void => {
      const message = parseTwilioMessage(data.toString());
      if ('event' in message && message.event === 'start')
        startBenchCall(new TwilioStream(socket, message, clock, fail), model, clock);
    };
    socket.listener = { onMessage, onClosed };
  },
);
server.listen(0, '127.0.0.1', () =>
  process.send?.({ url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}/` }),
);
process.on('message', () => process.send?.(process.cpuUsage()));
process.on('disconnect', () => process.exit());

// Measures the CPU time of the simulator itself for calls in parallel; the application runs in another
// process. Run after a build: node dev/simulators/dist/twilio/simulator.bench.js [calls] [seconds]
import { fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { FRAME_MS, mulawTone } from '@tandem/kit';
import { WebSocketServer } from 'ws';
import { NO_DISTANCE } from '../link/link.ts';
import { TwilioSimulator } from './twilio-simulator.ts';

/** Serves every call a stream and speaks half of the time: messages of 20 ms, a mark every second. */
function serve(): void {
  const payload = Buffer.from(mulawTone(400, FRAME_MS)).toString('base64');
  const server = createServer((request, response) => {
    const url = `ws://${request.headers.host}/media`;
    request
      .resume()
      .on('end', () =>
        response
          .setHeader('content-type', 'text/xml')
          .end(`<Response><Connect><Stream url="${url}"/></Connect></Response>`),
      );
  });
  new WebSocketServer({ server, perMessageDeflate: false }).on('connection', (socket) => {
    let frames = 0;
    let streamSid = '';
    socket.on('message', (data: Buffer) => {
      if (frames === 0) streamSid = /"streamSid":"(\w+)"/.exec(data.toString())?.[1] ?? '';
      if (streamSid === '') return;
      frames += 1;
      if (frames % 100 < 50)
        socket.send(`{"event":"media","streamSid":"${streamSid}","media":{"payload":"${payload}"}}`);
      if (frames % 50 === 0)
        socket.send(`{"event":"mark","streamSid":"${streamSid}","mark":{"name":"${frames}"}}`);
    });
  });
  server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port));
}

async function measure(calls: number, seconds: number): Promise<void> {
  const application = fork(import.meta.filename, ['serve']);
  const port = await new Promise<number>((resolve) =>
    application.once('message', (message) => resolve(Number(message))),
  );
  const simulator = new TwilioSimulator({ authToken: 'bench', link: NO_DISTANCE });
  for (let i = 0; i < calls; i += 1) {
    simulator.placeCall({ from: '+14155550100', to: '+14155550199', voiceUrl: `http://127.0.0.1:${port}/` });
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
  const before = process.cpuUsage();
  const startedMs = performance.now();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const tookMs = performance.now() - startedMs;
  const { user, system } = process.cpuUsage(before);
  const callSeconds = (calls * tookMs) / 1000;
  const streams = simulator.liveCalls.flatMap((call) => call.report().streams);
  const sum = (count: (stream: (typeof streams)[number]) => number) =>
    streams.reduce((total, stream) => total + count(stream), 0);
  console.log(
    JSON.stringify({
      calls,
      seconds,
      corePercent: Math.round((user + system) / 10 / tookMs),
      cpuMsPerCallSecond: Number(((user + system) / 1000 / callSeconds).toFixed(3)),
      callsOnOneCore: Math.round(1000 / ((user + system) / 1000 / callSeconds)),
      rssMb: Math.round(process.memoryUsage().rss / 1_048_576),
      mediaSent: sum((stream) => stream.mediaSent),
      mediaReceived: sum((stream) => stream.mediaReceived),
      mediaDiscarded: sum((stream) => stream.mediaDiscarded),
      ...simulator.tickerStats,
    }),
  );
  await simulator.stop();
  application.kill();
}

if (process.argv[2] === 'serve') serve();
else await measure(Number(process.argv[2] ?? '300'), Number(process.argv[3] ?? '10'));

import type { CallSession } from '@tandem/conversation';
import { openAiRealtimeModel } from '@tandem/models';
import { TwilioStream } from '@tandem/telephony';
import type { WebSocket } from 'ws';
import { benchClock, fail, startBenchCall } from './bench-call.ts';
import { NullCarrier, NullProvider } from './null-sockets.ts';

interface WayCost {
  readonly way: string;
  readonly microseconds: number;
  readonly perSecond: number;
}

const FRAMES = 200_000;
const ROUNDS = 5;
const FRAMES_PER_SECOND = 50;
/** Five deltas of 200 ms a second, with the mark each one brings back. */
const DELTAS_PER_SECOND = 5;

/** Takes the best of several rounds, to measure the code and not other load on the machine. */
export async function benchFrameWalk(): Promise<WayCost[]> {
  const carrier = new NullCarrier();
  const provider = new NullProvider();
  const session = startCall(carrier, provider);
  await new Promise((resolve) => setTimeout(resolve, 50));
  let chunk = 0;
  const payload = Buffer.alloc(160, 0x5a).toString('base64');
  const media = () =>
    `{"event":"media","sequenceNumber":"${chunk + 2}","media":{"track":"inbound",` +
    `"chunk":"${(chunk += 1)}","timestamp":"${chunk * 20}","payload":"${payload}"},"streamSid":"MZ1"}`;
  const inbound = best(
    FRAMES,
    () => Array.from({ length: 1_000 }, media),
    (texts) => {
      for (const text of texts) carrier.receives(text);
    },
  );
  const audio = Buffer.alloc(1_600, 0x5a).toString('base64');
  let response = 0;
  const deltas = () => {
    response += 1;
    return [
      `{"type":"response.created","event_id":"e","response":{"id":"resp_${response}"}}`,
      ...Array.from(
        { length: 25 },
        () =>
          `{"type":"response.output_audio.delta","event_id":"e","response_id":"resp_${response}",` +
          `"item_id":"item_${response}","output_index":0,"content_index":0,"delta":"${audio}"}`,
      ),
      `{"type":"response.output_item.done","event_id":"e","response_id":"resp_${response}",` +
        `"output_index":0,"item":{"id":"item_${response}","type":"message"}}`,
      `{"type":"response.done","event_id":"e","response":{"id":"resp_${response}","status":"completed"}}`,
      `{"type":"input_audio_buffer.speech_started","event_id":"e","audio_start_ms":0,` +
        `"item_id":"c_${response}"}`,
      `{"type":"input_audio_buffer.speech_stopped","event_id":"e","audio_end_ms":0,` +
        `"item_id":"c_${response}"}`,
    ];
  };
  const outbound = best(
    20_000,
    () => Array.from({ length: 10 }, deltas).flat(),
    (texts) => {
      for (const text of texts) provider.receives(text);
    },
  );
  session.end('internal-error');
  return [
    { way: 'caller → model: parse, pass, append', microseconds: inbound, perSecond: FRAMES_PER_SECOND },
    {
      way: 'model → caller: 200 ms delta, ledger, mark',
      microseconds: outbound,
      perSecond: DELTAS_PER_SECOND,
    },
  ];
}

function best(messages: number, prepare: () => string[], run: (texts: readonly string[]) => void): number {
  let fastest = Number.POSITIVE_INFINITY;
  for (let round = 0; round < ROUNDS; round += 1) {
    let spentMs = 0;
    let done = 0;
    while (done < messages / ROUNDS) {
      const texts = prepare();
      const startedAt = performance.now();
      run(texts);
      spentMs += performance.now() - startedAt;
      done += texts.length;
    }
    fastest = Math.min(fastest, (spentMs * 1000) / done);
  }
  return fastest;
}

function startCall(carrier: NullCarrier, provider: NullProvider): CallSession {
  const clock = benchClock();
  const stream = new TwilioStream(
    carrier,
    { event: 'start', streamSid: 'MZ1', callSid: 'CA1', accountSid: 'AC1', parameters: {} },
    clock,
    fail,
  );
  const model = openAiRealtimeModel({
    url: 'ws://nowhere/v1/realtime',
    apiKey: 'none',
    model: 'none',
    clock,
    onError: fail,
    connect: () => provider as unknown as WebSocket,
  });
  const session = startBenchCall(stream, model, clock);
  provider.receives('{"type":"session.created","event_id":"e","session":{}}');
  provider.receives('{"type":"session.updated","event_id":"e","session":{}}');
  return session;
}

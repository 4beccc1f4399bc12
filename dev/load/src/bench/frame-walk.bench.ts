import { EventEmitter } from 'node:events';
import { agentSnapshotSchema, UNKNOWN_CALLER, type CallId, type TenantId } from '@tandem/contracts';
import { CallSession, RealClock, type CallLog, type ToolCaller } from '@tandem/conversation';
import { openAiRealtimeModel } from '@tandem/models';
import { TwilioStream } from '@tandem/telephony';
import type { WebSocket } from 'ws';

export interface WayCost {
  readonly way: string;
  readonly microseconds: number;
  readonly perSecond: number;
}

/** A socket that takes everything and sends nothing of its own. */
class NullSocket extends EventEmitter {
  readonly OPEN = 1;
  readyState = 1;
  bufferedAmount = 0;
  sent = 0;

  send(): void {
    this.sent += 1;
  }

  ping(): void {
    this.sent += 1;
  }

  close(): void {
    this.readyState = 3;
  }

  terminate(): void {
    this.readyState = 3;
  }

  receives(text: string): void {
    this.emit('message', Buffer.from(text), false);
  }
}

const FRAMES = 200_000;
const ROUNDS = 5;
const FRAMES_PER_SECOND = 50;
/** Five deltas of 200 ms a second, with the mark each one brings back. */
const DELTAS_PER_SECOND = 5;

/** Best of some rounds, so that what is measured is the code and not what else the machine does. */
export async function benchFrameWalk(): Promise<WayCost[]> {
  const carrier = new NullSocket();
  const provider = new NullSocket();
  const session = startCall(carrier, provider);
  await new Promise((resolve) => setTimeout(resolve, 50));
  let chunk = 0;
  const payload = Buffer.alloc(160, 0x5a).toString('base64');
  const media = () => `{"event":"media","sequenceNumber":"${chunk + 2}","media":{"track":"inbound","chunk":"${(chunk += 1)}","timestamp":"${chunk * 20}","payload":"${payload}"},"streamSid":"MZ1"}`;
  const inbound = best(FRAMES, () => Array.from({ length: 1_000 }, media), (texts) => {
    for (const text of texts) carrier.receives(text);
  });
  const audio = Buffer.alloc(1_600, 0x5a).toString('base64');
  let response = 0;
  const deltas = () => {
    response += 1;
    return [
      `{"type":"response.created","event_id":"e","response":{"id":"resp_${response}"}}`,
      ...Array.from({ length: 25 }, () => `{"type":"response.output_audio.delta","event_id":"e","response_id":"resp_${response}","item_id":"item_${response}","output_index":0,"content_index":0,"delta":"${audio}"}`),
      `{"type":"response.output_item.done","event_id":"e","response_id":"resp_${response}","output_index":0,"item":{"id":"item_${response}","type":"message"}}`,
      `{"type":"response.done","event_id":"e","response":{"id":"resp_${response}","status":"completed"}}`,
      `{"type":"input_audio_buffer.speech_started","event_id":"e","audio_start_ms":0,"item_id":"c_${response}"}`,
      `{"type":"input_audio_buffer.speech_stopped","event_id":"e","audio_end_ms":0,"item_id":"c_${response}"}`,
    ];
  };
  const outbound = best(20_000, () => Array.from({ length: 10 }, deltas).flat(), (texts) => {
    for (const text of texts) provider.receives(text);
  });
  session.end('internal-error');
  return [
    { way: 'caller → model: parse, pass, append', microseconds: inbound, perSecond: FRAMES_PER_SECOND },
    { way: 'model → caller: 200 ms delta, ledger, mark', microseconds: outbound, perSecond: DELTAS_PER_SECOND },
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

function startCall(carrier: NullSocket, provider: NullSocket): CallSession {
  const fail = (error: unknown): never => {
    throw error;
  };
  const clock = new RealClock(fail);
  const log: CallLog = { append: () => undefined, flush: () => Promise.resolve('stored') };
  const toolCaller: ToolCaller = { call: () => Promise.resolve({ status: 'cancelled' }), cancelAll: () => undefined };
  const tenantId = '0b0c1d7e-8a3f-4f0e-9a36-52f4f4b7a001' as TenantId;
  const agent = agentSnapshotSchema.parse({
    agentId: '7f8a3c52-5d0e-4d43-9f0e-0a4b6a2d9c11',
    agentVersion: 1,
    tenantId,
    name: 'Sarah',
    companyName: 'Northwind',
    timeZone: 'UTC',
    instructions: '',
    model: { kind: 'openai-realtime' },
  });
  const session = new CallSession({
    call: { callId: 'c3f2a0de-41c6-4b7c-8f65-2f1f3f3f7b01' as CallId, tenantId, epoch: 1, callerNumber: '+1', dialledNumber: '+1', caller: UNKNOWN_CALLER, language: 'en-US', admittedAt: Date.now(), agent },
    stream: new TwilioStream(carrier as unknown as WebSocket, { event: 'start', streamSid: 'MZ1', callSid: 'CA1', accountSid: 'AC1', parameters: {} }, clock, fail),
    model: openAiRealtimeModel({ url: 'ws://nowhere/v1/realtime', apiKey: 'none', model: 'none', clock, onError: fail, connect: () => provider as unknown as WebSocket }),
    declarationsFor: () => [],
    toolCaller,
    log,
    clock,
  });
  session.start();
  provider.receives('{"type":"session.created","event_id":"e","session":{}}');
  provider.receives('{"type":"session.updated","event_id":"e","session":{}}');
  return session;
}

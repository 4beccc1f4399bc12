// An ordinary relay for comparison: one process, the conversation in its memory, a row when a call is over.
// Its arguments are the address of a Realtime endpoint and a file for its rows; it reports its port over IPC.
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebSocket, WebSocketServer } from 'ws';

interface Row {
  readonly call: string;
  readonly utterances: {
    readonly speaker: 'caller' | 'agent';
    readonly text: string;
    readonly interrupted: false;
  }[];
}

interface TwilioEvent {
  readonly event: string;
  readonly streamSid?: string;
  readonly start?: { readonly callSid: string };
  readonly media?: { readonly payload: string };
}

interface ModelEvent {
  readonly type: string;
  readonly delta?: string;
  readonly transcript?: string;
}

const [modelUrl = '', rowsFile = '', port = '0'] = process.argv.slice(2);
const SESSION = {
  type: 'realtime',
  instructions: 'You are a friendly receptionist.',
  audio: {
    input: {
      format: { type: 'audio/pcmu' },
      transcription: { model: 'gpt-4o-mini-transcribe' },
      turn_detection: { type: 'server_vad', silence_duration_ms: 300 },
    },
    output: { format: { type: 'audio/pcmu' }, voice: 'marin' },
  },
};

const server = createServer((_request, response) => {
  const { port: own } = server.address() as AddressInfo;
  response.setHeader('content-type', 'text/xml');
  response.end(`<Response><Connect><Stream url="ws://127.0.0.1:${own}/stream"/></Connect></Response>`);
});
const sockets = new WebSocketServer({ server });
sockets.on('connection', (caller) => talk(caller));
server.listen(Number(port), '127.0.0.1', () =>
  process.send?.({ port: (server.address() as AddressInfo).port }),
);
process.on('disconnect', () => process.exit());

function talk(caller: WebSocket): void {
  const model = new WebSocket(`${modelUrl}?model=gpt-realtime`, {
    headers: { authorization: 'Bearer sk-plain' },
  });
  const row: Row = { call: '', utterances: [] };
  let streamSid = '';
  const toModel = (event: object): void =>
    model.readyState === WebSocket.OPEN ? model.send(JSON.stringify(event)) : undefined;
  const toCaller = (event: object): void => caller.send(JSON.stringify({ streamSid, ...event }));
  model.on('open', () => {
    toModel({ type: 'session.update', session: SESSION });
    toModel({ type: 'response.create', response: { instructions: 'Say: Hello, how can I help you?' } });
  });
  const on: Readonly<Record<string, (event: ModelEvent) => void>> = {
    'response.output_audio.delta': ({ delta }) => toCaller({ event: 'media', media: { payload: delta } }),
    'input_audio_buffer.speech_started': () => toCaller({ event: 'clear' }),
    'conversation.item.input_audio_transcription.completed': ({ transcript = '' }) =>
      row.utterances.push({ speaker: 'caller', text: transcript, interrupted: false }),
    'response.output_audio_transcript.done': ({ transcript = '' }) =>
      row.utterances.push({ speaker: 'agent', text: transcript, interrupted: false }),
  };
  model.on('message', (data: Buffer) => {
    const event = JSON.parse(data.toString()) as ModelEvent;
    on[event.type]?.(event);
  });
  caller.on('message', (data: Buffer) => {
    const { event, start, streamSid: sid, media } = JSON.parse(data.toString()) as TwilioEvent;
    if (event === 'start') [streamSid, (row as { call: string }).call] = [sid ?? '', start?.callSid ?? ''];
    if (event === 'media') toModel({ type: 'input_audio_buffer.append', audio: media?.payload });
  });
  model.on('error', () => caller.close());
  model.on('close', () => caller.close());
  caller.on('close', () => {
    model.close();
    appendFileSync(rowsFile, `${JSON.stringify(row)}\n`);
  });
}

import { WebSocket } from 'ws';
import type { Codec } from '../audiosocket/codecs.ts';
import { FrameSpacing } from '../audiosocket/frame-spacing.ts';
import { LegLog, type LegEnd } from '../audiosocket/leg-report.ts';
import type { Channel } from '../channel/channel.ts';
import { simulatedSleep, type PbxServices } from '../channel/pbx-services.ts';
import { WebSocketLeg } from './websocket-leg.ts';

/** As websocket_client.conf has them by default. */
const ATTEMPTS = 4;
const RETRY_MS = 500;

interface LegRequest {
  readonly connection: string;
  readonly codec: Codec;
  readonly onEnded: (end: LegEnd) => void;
}

/** Connects a WebSocket channel. Returns null when nobody took the connection. */
export async function openWebSocketLeg(
  requestor: Channel,
  services: PbxServices,
  { connection, codec, onEnded }: LegRequest,
): Promise<WebSocketLeg | null> {
  const { journal } = requestor;
  journal.add({ kind: 'leg-connecting', address: connection, uuid: '' });
  const socket = await connected(services.webSocketClients[connection], services);
  if (typeof socket === 'string') {
    const end: LegEnd = { cause: 'connect-failed', detail: socket };
    const log = new LegLog({ form: 'websocket', address: connection, uuid: '', codec }, new FrameSpacing());
    log.end = end;
    log.endedAtMs = journal.nowMs;
    requestor.legs.push(log);
    journal.add({ kind: 'leg-ended', uuid: '', end });
    return null;
  }
  const leg = new WebSocketLeg({
    socket,
    connection,
    codec,
    ticker: services.ticker,
    callMs: () => journal.nowMs,
    onMistake: (detail) => journal.add({ kind: 'error', detail: `WebSocket/${connection}: ${detail}` }),
    onEnded: (end) => {
      journal.add({ kind: 'leg-ended', uuid: '', end });
      onEnded(end);
    },
  });
  requestor.legs.push(leg.log);
  journal.add({ kind: 'leg-open', address: connection, uuid: '' });
  return leg;
}

async function connected(uri: string | undefined, services: PbxServices): Promise<WebSocket | string> {
  if (uri === undefined) return 'websocket_client.conf has no such section';
  let failure = '';
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    const result = await new Promise<WebSocket | string>((resolve) => {
      const socket = new WebSocket(uri, 'media');
      socket.once('open', () => resolve(socket));
      socket.once('error', ({ message }) => resolve(message));
    });
    if (typeof result !== 'string') return result;
    failure = result;
    if (attempt < ATTEMPTS) await simulatedSleep(services, RETRY_MS).over;
  }
  return failure;
}

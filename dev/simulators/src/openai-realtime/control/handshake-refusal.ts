import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { refusal, type ApiError } from '../wire/api-error.ts';
import { IdSource } from '../wire/ids.ts';

/** An upgrade answered with an HTTP error. */
export interface HttpRefusal {
  readonly kind: 'http';
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly error: ApiError;
}

/** A refusal over an open socket: the upgrade succeeds, then come one `error` event and a close. */
export interface InBandRefusal {
  readonly kind: 'in-band';
  readonly error: ApiError;
  readonly closeCode: number;
}

/** The answer of a request that never becomes a socket. */
export function httpRefusal(status: number, error: ApiError): HttpRefusal {
  return { kind: 'http', status, headers: {}, error };
}

/** A key that is not accepted. */
export function badKey(): InBandRefusal {
  const error = refusal(
    'invalid_api_key',
    'Incorrect API key provided. You can find your API key at https://platform.openai.com/account/api-keys.',
  );
  return { kind: 'in-band', error, closeCode: 3000 };
}

/** A request the provider cannot serve as it is. */
export function invalidRequest(error: ApiError): InBandRefusal {
  return { kind: 'in-band', error, closeCode: 4000 };
}

/** A model that does not exist, or not for this key. */
export function noModel(model: string): InBandRefusal {
  const error = refusal(
    'model_not_found',
    `The model '${model}' does not exist or you do not have access to it.`,
  );
  return { kind: 'in-band', error, closeCode: 4004 };
}

/** A failure of the provider itself. */
export function serverFailure(error: ApiError): InBandRefusal {
  return { kind: 'in-band', error, closeCode: 1011 };
}

/** Writes an HTTP error in place of the upgrade. */
export function sendHttpRefusal(socket: Socket, { status, headers, error }: HttpRefusal): void {
  const body = JSON.stringify({ error });
  const lines = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}`,
    'connection: close',
    'content-type: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** Sends the error over the open socket, and closes it with the type and code of the error as its reason. */
export function sendInBandRefusal(ws: WebSocket, { error, closeCode }: InBandRefusal): void {
  ws.on('error', () => undefined);
  ws.send(
    JSON.stringify({
      type: 'error',
      event_id: new IdSource(0).take('event'),
      error: { ...error, event_id: null },
    }),
  );
  ws.close(closeCode, error.code === null ? error.type : `${error.type}.${error.code}`);
}

import type { IncomingMessage } from 'node:http';
import {
  headOf,
  OutboundFailure,
  type OutboundConnections,
  type OutboundRequest,
  type OutboundResponse,
} from './outbound-connections.ts';

export interface OutboundAnswer extends OutboundResponse {
  /** The media type, in lower case and without parameters; empty for none. */
  readonly mediaType: string;
  /** The body, as UTF-8. */
  readonly text: string;
  /** The body is longer than what was read, and its connection closed. */
  readonly isCutOff: boolean;
  /** The ETag header; null without one. */
  readonly entityTag: string | null;
}

/** A request without an answer, for those who take it as a value. */
export interface OutboundNoAnswer {
  readonly kind: 'failure';
  readonly code: string;
  readonly mayHaveArrived: boolean;
}

/** Requests to addresses that tenants have set, with a bounded body of the response. */
export class OutboundClient {
  constructor(private readonly connections: Pick<OutboundConnections, 'open' | 'close'>) {}

  /** @param limitBytes how much of the body is read @throws OutboundFailure */
  async request(request: OutboundRequest, limitBytes: number): Promise<OutboundAnswer> {
    const headers = { ...request.headers, 'accept-encoding': 'identity' };
    const response = await this.connections.open({ ...request, headers });
    const { 'content-type': type = '', 'content-encoding': encoding = 'identity', etag } = response.headers;
    if (encoding.toLowerCase() !== 'identity') {
      response.on('error', () => undefined).destroy();
      throw new OutboundFailure('compressed-response', true);
    }
    const mediaType = (type.split(';')[0] ?? '').trim().toLowerCase();
    const body = await readBody(response, limitBytes, request.signal);
    return { ...headOf(response), mediaType, entityTag: etag ?? null, ...body };
  }

  /** Does a {@link request} and returns a failure as a value. Never rejects. */
  async ask(
    request: OutboundRequest,
    limitBytes: number,
  ): Promise<({ readonly kind: 'answer' } & OutboundAnswer) | OutboundNoAnswer> {
    try {
      return { kind: 'answer', ...(await this.request(request, limitBytes)) };
    } catch (error) {
      // Another error may quote the request, so it is named only.
      return error instanceof OutboundFailure
        ? { kind: 'failure', code: error.code, mayHaveArrived: error.mayHaveArrived }
        : { kind: 'failure', code: 'not-sendable', mayHaveArrived: false };
    }
  }

  close(): void {
    this.connections.close();
  }
}

async function readBody(
  response: IncomingMessage,
  limitBytes: number,
  signal: AbortSignal | undefined,
): Promise<Pick<OutboundAnswer, 'text' | 'isCutOff'>> {
  const chunks: Buffer[] = [];
  let left = limitBytes;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk.subarray(0, left));
      left -= chunk.byteLength;
      // Leaving the loop closes the connection.
      if (left < 0) break;
    }
  } catch {
    throw new OutboundFailure(signal?.aborted ? 'cancelled' : 'response-broken-off', true);
  }
  return { text: Buffer.concat(chunks).toString('utf8'), isCutOff: left < 0 };
}

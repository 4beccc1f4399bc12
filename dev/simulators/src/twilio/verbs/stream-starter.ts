import { randomUUID } from 'node:crypto';
import { Link } from '../../link/link.ts';
import type { CallHandle } from '../leg/call-handle.ts';
import type { CallServices } from '../leg/call-services.ts';
import { errorLevel, errorTitle, type ErrorCode } from '../reference/call-errors.ts';
import { makeSid } from '../reference/sids.ts';
import { MediaStream } from '../stream/media-stream.ts';
import type { StreamTrack } from '../stream/stream-messages.ts';
import type { StreamEnd } from '../stream/stream-report.ts';
import { checkStreamUrl } from '../stream/stream-url.ts';
import { signUrl } from '../webhook/signature.ts';

interface StreamRequest {
  readonly url: string;
  readonly name: string;
  readonly tracks: readonly StreamTrack[];
  readonly isBidirectional: boolean;
  readonly customParameters: Readonly<Record<string, string>>;
  readonly statusCallback: { readonly url: string; readonly method: string } | null;
  readonly onEnded: (end: StreamEnd) => void;
}

/**
 * Sends `stream-started`, `stream-stopped` and `stream-error`, the latter once a code, to the
 * `statusCallback` of one `<Stream>`.
 */
class StreamCallbacks {
  private readonly call: CallHandle;
  private readonly services: CallServices;
  private readonly request: StreamRequest;
  private readonly streamSid: string;
  private readonly reported = new Set<ErrorCode>();
  private last: Promise<void> = Promise.resolve();

  constructor(call: CallHandle, services: CallServices, request: StreamRequest, streamSid: string) {
    this.call = call;
    this.services = services;
    this.request = request;
    this.streamSid = streamSid;
  }

  fire(
    event: 'stream-started' | 'stream-stopped' | 'stream-error',
    error?: { code: ErrorCode; detail: string },
  ): void {
    const { statusCallback, name } = this.request;
    if (!statusCallback || (error && this.reported.has(error.code))) return;
    if (error) this.reported.add(error.code);
    const fields: Record<string, string> = {
      AccountSid: this.call.accountSid,
      CallSid: this.call.sid,
      StreamSid: this.streamSid,
      StreamName: name === '' ? this.streamSid : name,
      StreamEvent: event,
      Timestamp: new Date(this.services.clock.wallTime()).toISOString(),
    };
    if (error) fields.StreamError = `${error.code}: ${errorTitle(error.code)}`;
    const method = statusCallback.method === 'GET' ? 'GET' : 'POST';
    const idempotencyToken = randomUUID();
    this.last = this.last.then(async () => {
      for (let copy = 0; copy < this.call.callbackCopies; copy += 1) {
        await this.call.request('stream-status', {
          url: statusCallback.url,
          method,
          fields,
          idempotencyToken,
        });
      }
    });
    this.call.track(this.last);
  }
}

/**
 * Connects a Media Stream to the line of a call. Null when the URL is refused before anything is connected.
 */
export function startStream(
  call: CallHandle,
  services: CallServices,
  request: StreamRequest,
): MediaStream | null {
  const streamSid = makeSid('MZ');
  const callbacks = new StreamCallbacks(call, services, request, streamSid);
  const fault = (code: ErrorCode, detail: string) => {
    call.journal.error(code, detail);
    if (errorLevel(code) === 'error') callbacks.fire('stream-error', { code, detail });
  };
  call.journal.add({ kind: 'stream-connecting', streamSid, url: request.url });
  const checked = checkStreamUrl(request.url);
  if (!checked.ok) {
    fault(checked.code, checked.detail);
    request.onEnded({ cause: 'handshake-failed', code: checked.code, detail: checked.detail });
    return null;
  }
  const { behaviour, network, clock, authToken, accountSid } = services;
  const stream: MediaStream = new MediaStream(
    {
      identity: { streamSid, callSid: call.sid, accountSid },
      url: request.url,
      address: network.route(checked.url),
      headers: {
        host: checked.url.host,
        'user-agent': 'Twilio.TmeWs/1.0',
        ...(behaviour.signsHandshakes && { 'x-twilio-signature': signUrl(authToken, request.url) }),
      },
      tls: network.tls,
      name: request.name,
      customParameters: request.customParameters,
      tracks: request.tracks,
      isBidirectional: request.isBidirectional,
      handshakeTimeoutMs: behaviour.handshakeTimeoutMs,
      overflowBytes: behaviour.overflowBytes,
      link: new Link(call.link, clock, services.random),
      clock,
      startedAtMs: call.journal.startedNowMs,
    },
    {
      onOpen() {
        call.streams.attach(stream);
        call.journal.add({ kind: 'stream-open', streamSid });
        callbacks.fire('stream-started');
      },
      onFault(code, detail) {
        fault(code, detail);
        if (code === 31_924 && behaviour.stopStreamOnInvalidMessage) stream.breakOff(code, detail);
      },
      onEnded(end) {
        if (end.code !== null) fault(end.code, end.detail);
        call.streams.detach(stream);
        if (end.cause !== 'handshake-failed') callbacks.fire('stream-stopped');
        call.journal.add({ kind: 'stream-ended', streamSid, end });
        request.onEnded(end);
      },
    },
  );
  call.streams.add(stream, request.tracks, request.isBidirectional);
  return stream;
}

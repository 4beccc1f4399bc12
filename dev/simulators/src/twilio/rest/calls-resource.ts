import type { CallHandle } from '../leg/call-handle.ts';
import type { CallStatus } from '../leg/call-report.ts';
import type { CallServices } from '../leg/call-services.ts';
import { callJson } from './call-json.ts';
import {
  type CallRequest,
  readCallRequest,
  readFallback,
  readSource,
  readStatusCallback,
  readTimeLimitMs,
} from './call-parameters.ts';
import { runOutboundCall } from './outbound-call.ts';
import { invalidParameter, notFound, RestError } from './rest-error.ts';

export interface RestAnswer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

const NOT_STARTED: readonly CallStatus[] = ['queued', 'initiated', 'ringing'];

/** `Calls.json` and `Calls/{sid}.json` of one account. */
export class CallsResource {
  private readonly services: CallServices;
  private readonly find: (sid: string) => CallHandle | undefined;
  private readonly paceMs: number;
  private nextStartMs = 0;

  /** `callsPerSecond`: above it calls stay queued, as on a Twilio account. */
  constructor(services: CallServices, find: (sid: string) => CallHandle | undefined, callsPerSecond: number) {
    this.services = services;
    this.find = find;
    this.paceMs = 1000 / callsPerSecond;
  }

  create(form: URLSearchParams): RestAnswer {
    const request = readCallRequest(form);
    const { from, to, fallback, statusCallback, timeLimitMs } = request;
    const call = this.services.addLeg({
      direction: 'outbound-api',
      from,
      to,
      fallback,
      statusCallback,
      ...(timeLimitMs !== undefined && { timeLimitMs }),
    });
    const body = callJson(call);
    call.track(this.startInTurn(call, request));
    return { status: 201, body };
  }

  fetch(sid: string, path: string): RestAnswer {
    return { status: 200, body: callJson(this.existing(sid, path)) };
  }

  update(sid: string, form: URLSearchParams, path: string): RestAnswer {
    const call = this.existing(sid, path);
    const source = readSource(form, 'update');
    const status = form.get('Status');
    if (source && status !== null) throw invalidParameter('Url or Twiml and Status exclude each other');
    if (call.hasEnded) throw new RestError(400, 21_220, 'Call is not in-progress. Cannot redirect.');
    const timeLimitMs = readTimeLimitMs(form);
    if (timeLimitMs !== undefined) call.reconfigure({ timeLimitMs });
    if (status !== null) this.setStatus(call, status);
    else if (source) this.redirect(call, form, source);
    return { status: 200, body: callJson(call) };
  }

  private setStatus(call: CallHandle, status: string): void {
    const isWaiting = NOT_STARTED.includes(call.status);
    if (status === 'completed') call.end('rest-completed', isWaiting ? 'canceled' : 'completed');
    else if (status !== 'canceled')
      throw invalidParameter(`Status "${status}" is neither completed nor canceled`);
    else if (isWaiting) call.end('rest-canceled', 'canceled');
  }

  private redirect(call: CallHandle, form: URLSearchParams, source: CallRequest['source']): void {
    if (call.status !== 'in-progress')
      throw new RestError(400, 21_220, 'Call is not in-progress. Cannot redirect.');
    const fallback = readFallback(form);
    const statusCallback = readStatusCallback(form);
    call.reconfigure({ ...(fallback && { fallback }), ...(statusCallback && { statusCallback }) });
    call.redirect(source);
  }

  private existing(sid: string, path: string): CallHandle {
    const call = this.find(sid);
    if (!call) throw notFound(path);
    return call;
  }

  private async startInTurn(call: CallHandle, request: CallRequest): Promise<void> {
    const nowMs = this.services.clock.now();
    const startMs = Math.max(nowMs, this.nextStartMs);
    this.nextStartMs = startMs + this.paceMs / this.services.speed;
    await call.sleepWhileAlive((startMs - nowMs) * this.services.speed);
    if (!call.hasEnded) await runOutboundCall(call, request, this.services);
  }
}

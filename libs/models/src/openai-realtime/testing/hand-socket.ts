import { EventEmitter } from 'node:events';
import { WebSocket } from 'ws';

export type WireEvent = { readonly type: string } & Readonly<Record<string, unknown>>;

/** The far end of a Realtime session, played by hand: it may also send what no strict server would. */
export class HandSocket extends EventEmitter {
  readyState: number = WebSocket.OPEN;
  readonly bufferedAmount = 0;
  /** Events of the client except audio, oldest first. */
  readonly received: WireEvent[] = [];
  private count = 0;

  send(data: string | Buffer): void {
    const event = JSON.parse(data.toString()) as WireEvent;
    if (event.type !== 'input_audio_buffer.append') this.received.push(event);
  }

  ping(): void {
    queueMicrotask(() => this.emit('pong'));
  }

  close(): void {
    this.gone(1000);
  }

  terminate(): void {
    this.gone(1006);
  }

  gone(code: number): void {
    if (this.readyState === WebSocket.CLOSED) return;
    this.readyState = WebSocket.CLOSED;
    queueMicrotask(() => this.emit('close', code));
  }

  says(...events: readonly WireEvent[]): void {
    for (const event of events) this.emit('message', Buffer.from(JSON.stringify(event)));
  }

  opens(): void {
    this.says({ type: 'session.created' }, { type: 'session.updated' });
  }

  /** Requests for responses: `reply`, or the instructions. */
  get asked(): string[] {
    return this.received.flatMap(({ type, response }) => {
      if (type !== 'response.create') return [];
      const { instructions } = response as { instructions?: string };
      return [instructions ?? 'reply'];
    });
  }

  newId(prefix: string): string {
    this.count += 1;
    return `${prefix}_${this.count}`;
  }

  /** Begins a response to the last request. Returns its id. */
  begins(): string {
    const id = this.newId('resp');
    const metadata =
      (
        this.received.findLast(({ type }) => type === 'response.create')?.['response'] as
          { metadata?: unknown } | undefined
      )?.metadata ?? null;
    this.says({ type: 'response.created', response: { id, metadata } });
    return id;
  }

  ends(id: string, status: string, reason?: string): void {
    const details = reason === undefined ? null : { type: status, reason };
    this.says({ type: 'response.done', response: { id, status, status_details: details, usage: null } });
  }

  /** Sends words and their sound (µ-law) in an item of a response. Returns the item's id. */
  speaks(responseId: string, text: string, ms: number, isWhole = true): string {
    const item = { id: this.newId('item'), type: 'message' };
    const place = { response_id: responseId, item_id: item.id };
    this.says(
      { type: 'response.output_item.added', response_id: responseId, item },
      { type: 'response.output_audio_transcript.delta', ...place, delta: text },
    );
    this.says({
      type: 'response.output_audio.delta',
      ...place,
      delta: Buffer.alloc(ms * 8, 0x7f).toString('base64'),
    });
    if (isWhole)
      this.says({
        type: 'response.output_item.done',
        response_id: responseId,
        item: { ...item, status: 'completed' },
      });
    return item.id;
  }

  answers(text: string, ms = 1_000): string {
    const id = this.begins();
    this.speaks(id, text, ms);
    this.ends(id, 'completed');
    return id;
  }

  callsTool(responseId: string, name: string, argumentsJson: string, callId = this.newId('call')): string {
    const item = { id: this.newId('item'), type: 'function_call', name, call_id: callId };
    this.says({ type: 'response.output_item.added', response_id: responseId, item });
    this.says({
      type: 'response.function_call_arguments.done',
      response_id: responseId,
      item_id: item.id,
      call_id: callId,
      name,
      arguments: argumentsJson,
    });
    return callId;
  }
}

import type { Recording } from '../recording/recording.ts';
import type { ApiError } from './api-error.ts';
import type { AudioSource } from './audio-format.ts';
import { serverEventFault } from './event-checks.ts';
import type { IdSource } from './ids.ts';
import type { JsonObject, Typed } from './json.ts';
import type { NullStyle } from './schema.ts';

/** Sends text messages to one client. */
export interface Wire {
  sendText(text: string): void;
  close(code: number, reason: string): void;
}

interface EventWriterOptions {
  readonly ids: IdSource;
  readonly recording: Recording;
  readonly nulls: NullStyle;
  /** Called for every server event that does not fit the schema; absent switches the check off. */
  readonly onMisfit: ((fault: string) => void) | null;
}

/** The fixed fields of every audio delta of one content part. */
export interface AudioDeltaPlace {
  readonly responseId: string;
  readonly itemId: string;
  readonly outputIndex: number;
  readonly contentIndex: number;
}

/**
 * Writes server events: ids, the schema check on ourselves, the recording, and silence while the session
 * hangs.
 */
export class EventWriter {
  private readonly wire: Wire;
  private readonly options: EventWriterOptions;
  private hung = false;

  constructor(wire: Wire, options: EventWriterOptions) {
    this.wire = wire;
    this.options = options;
  }

  get nulls(): NullStyle {
    return this.options.nulls;
  }

  /** Stops sending for good. */
  hang(): void {
    this.hung = true;
  }

  get isHung(): boolean {
    return this.hung;
  }

  emit(type: string, fields: JsonObject): void {
    const event: Typed = { type, event_id: this.options.ids.take('event'), ...fields };
    this.send(JSON.stringify(event));
  }

  /** An `error` event. `eventId` is the client event's own id, when it had one. */
  emitError(error: ApiError, eventId: string | null = null): void {
    this.options.recording.noteRefusal(error.code);
    this.emit('error', { error: { ...error, event_id: eventId } });
  }

  /** Sends one audio delta, written by hand: base64 and ids need no escaping. */
  emitAudio(place: AudioDeltaPlace, source: AudioSource, offset: number, length: number): void {
    this.options.recording.noteAudioOut(place.itemId, this.hung ? 0 : length, () =>
      this.hung ? new Uint8Array(0) : source.bytes(offset, length),
    );
    this.send(
      `{"type":"response.output_audio.delta","event_id":"${this.options.ids.take('event')}",` +
        `"response_id":"${place.responseId}","item_id":"${place.itemId}",` +
        `"output_index":${place.outputIndex},"content_index":${place.contentIndex},` +
        `"delta":"${source.base64(offset, length)}"}`,
    );
  }

  /**
   * Sends text that is not one of our events: a fault sends it on purpose, so it is recorded and not checked.
   */
  sendRaw(text: string): void {
    if (this.hung) return;
    this.options.recording.noteOut(text);
    this.wire.sendText(text);
  }

  /** A hanging server sends no close frame. */
  close(code: number, reason: string): void {
    if (!this.hung) this.wire.close(code, reason);
  }

  private send(text: string): void {
    if (this.hung) {
      this.options.recording.counters.suppressed++;
      return;
    }
    if (this.options.onMisfit) {
      const fault = serverEventFault(JSON.parse(text) as Typed, this.options.nulls);
      if (fault !== null) this.options.onMisfit(fault);
    }
    this.options.recording.noteOut(text);
    this.wire.sendText(text);
  }
}

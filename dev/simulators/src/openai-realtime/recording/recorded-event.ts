import { asString, isObject, type JsonObject } from '../wire/json.ts';

/** One event as it was sent. */
export class RecordedEvent {
  readonly direction: 'in' | 'out';
  /** Ms since the session opened. */
  readonly atMs: number;
  readonly text: string;
  private parsed: JsonObject | undefined;

  constructor(direction: 'in' | 'out', atMs: number, text: string) {
    this.direction = direction;
    this.atMs = atMs;
    this.text = text;
  }

  /** The parsed event; an empty object when the text is not a JSON object. */
  get event(): JsonObject {
    if (this.parsed) return this.parsed;
    try {
      const parsed: unknown = JSON.parse(this.text);
      return (this.parsed = isObject(parsed) ? parsed : {});
    } catch {
      return (this.parsed = {});
    }
  }

  get type(): string {
    return asString(this.event['type']) ?? '';
  }
}

/** Words of an agent or a caller, as one side knows them. */
export interface Spoken {
  readonly speaker: 'caller' | 'agent';
  readonly text: string;
}

/** One entry of a call's event log, reduced to the fields of the checker. */
export interface LoggedEvent {
  readonly at: number;
  readonly type: string;
  readonly epoch: number;
  readonly seq: number;
  readonly text?: string;
  readonly relayId?: string;
  readonly toolCallId?: string;
  readonly outcome?: string;
}

export interface RecordedRow {
  readonly speaker: 'caller' | 'agent';
  readonly text: string;
  readonly interrupted: boolean;
}

/**
 * One line of a history. `at` is Unix time in ms, by the clock of the one machine; `call` is the carrier's id
 * of a call. Callers, carrier, model, logs and rows each have entries of their own about the same thing: the
 * checker compares them.
 */
export type HistoryEntry = { readonly at: number } & (
  | {
      readonly kind: 'run';
      readonly scenario: string;
      readonly fleet: 'tandem' | 'plain';
      readonly seed: number;
      readonly calls: number;
      /** Round trip between the platform and its far sides; absent where there was no distance. */
      readonly roundTrip?: string;
    }
  | { readonly kind: 'round'; readonly round: number }
  /** A fault; `held` are the calls it strikes. */
  | {
      readonly kind: 'fault';
      readonly what: string;
      readonly target: string;
      readonly held: readonly string[];
    }
  | { readonly kind: 'fault-over'; readonly what: string; readonly target: string }
  /** A figure a scenario measures itself. */
  | { readonly kind: 'measured'; readonly what: string; readonly value: number }
  | { readonly kind: 'call-placed'; readonly call: string }
  /** Words of the caller; their last frame was sent `at`. */
  | {
      readonly kind: 'caller-said';
      readonly call: string;
      readonly text: string;
      readonly fromAt: number;
      readonly isAnswered: boolean;
    }
  /** Audio that reached the caller's ear: `frames` of `total`, 20 ms each, until `at`. */
  | {
      readonly kind: 'agent-heard';
      readonly call: string;
      readonly text: string;
      readonly fromAt: number;
      readonly frames: number;
      readonly total: number;
    }
  | {
      readonly kind: 'stream';
      readonly call: string;
      readonly url: string;
      readonly openedAt: number | null;
      readonly endedAt: number | null;
      readonly end: string | null;
    }
  /** `toRelayMs`: longest way of a message from the carrier to a relay; absent where there is no distance. */
  | {
      readonly kind: 'call-ended';
      readonly call: string;
      readonly by: string;
      readonly said: readonly string[];
      readonly errors: readonly number[];
      readonly toRelayMs?: number;
    }
  | {
      readonly kind: 'model-session';
      readonly call: string | null;
      readonly session: string;
      readonly openedAt: number;
      readonly seeded: readonly Spoken[];
      readonly heard: readonly string[];
      readonly said: readonly string[];
      /** Events the provider refused, by code. */
      readonly refusals: Readonly<Record<string, number>>;
    }
  | {
      readonly kind: 'log';
      readonly call: string;
      readonly callId: string;
      readonly events: readonly LoggedEvent[];
    }
  | {
      readonly kind: 'row';
      readonly call: string;
      readonly reason: string | null;
      readonly utterances: readonly RecordedRow[];
      readonly tools: readonly { readonly name: string; readonly status: string | null }[];
    }
  | {
      readonly kind: 'booking';
      readonly call: string | null;
      readonly id: string;
      readonly resource: string;
      readonly startsAt: number;
      readonly endsAt: number;
      readonly reference: string;
    }
);

export type EntryOf<Kind extends HistoryEntry['kind']> = Extract<HistoryEntry, { readonly kind: Kind }>;
/** An entry without its time, when it happens now. */
export type NewEntry = HistoryEntry extends infer Entry
  ? Entry extends HistoryEntry
    ? Omit<Entry, 'at'> & { readonly at?: number }
    : never
  : never;

export function entriesOf<Kind extends HistoryEntry['kind']>(
  entries: readonly HistoryEntry[],
  kind: Kind,
): EntryOf<Kind>[] {
  return entries.filter((entry): entry is EntryOf<Kind> => entry.kind === kind);
}

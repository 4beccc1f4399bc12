import type { FarewellReason, HoldProgress } from '../../../ports/carrier-instruction.ts';

/** The folder of the sounds a PBX plays for us, under its own folder of sounds. */
const SOUNDS = 'tandem';

/**
 * The next step of a dialplan with a call. Kept as JSON; a dialplan that asks with `CURL()` gets one line,
 * whose fields `ARRAY()` separates at commas. `text` and `language` are for those that can speak.
 */
export type AsteriskReply =
  | {
      readonly do: 'connect';
      /** host:port of the relay's AudioSocket. */
      readonly address: string;
      /** Good once, for a minute. */
      readonly uuid: string;
      readonly token: string;
      /** Played before; empty for none. */
      readonly sound: string;
      readonly text?: string;
      readonly language?: string;
    }
  | {
      readonly do: 'wait';
      readonly seconds: number;
      /** In the line, from 1; 0 when it is not known. */
      readonly position: number;
      readonly progress: string;
      /** Serves a key of the caller; empty when keys mean nothing. */
      readonly token: string;
      /** Sound of what the key is for; empty where it is not announced now. */
      readonly offer: string;
      readonly text?: string;
      readonly language?: string;
    }
  | {
      readonly do: 'dial';
      readonly address: string;
      readonly ringS: number;
      readonly callerId: string;
      readonly mode: 'warm' | 'cold';
      /** Empty: hang up afterwards. */
      readonly token: string;
    }
  | {
      readonly do: 'ask';
      readonly sound: string;
      readonly attempt: number;
      readonly token: string;
      readonly text: string;
      readonly language: string;
    }
  | { readonly do: 'join' }
  | {
      readonly do: 'refuse';
      readonly reason: FarewellReason;
      readonly sound: string;
      readonly text: string;
      readonly language: string;
    }
  | { readonly do: 'hangup' };

/** The fields of each line, behind its first word. */
const FIELDS: {
  readonly [Word in AsteriskReply['do']]: readonly Exclude<
    keyof Extract<AsteriskReply, { do: Word }>,
    'do'
  >[];
} = {
  connect: ['address', 'uuid', 'token', 'sound'],
  wait: ['seconds', 'position', 'progress', 'token', 'offer'],
  dial: ['address', 'ringS', 'callerId', 'mode', 'token'],
  ask: ['sound', 'attempt', 'token'],
  join: [],
  refuse: ['reason', 'sound'],
  hangup: [],
};

/** Characters that end a field, or mean something to a dialplan. */
const UNSAFE = /[^\w+@.:/;=\-[\]]/g;

/** Returns the reply as one line, its fields without anything that a dialplan would read as its own. */
export function toLine(reply: AsteriskReply): string {
  const values = reply as unknown as Readonly<Record<string, string | number>>;
  const fields = FIELDS[reply.do] as readonly string[];
  return [reply.do, ...fields.map((field) => String(values[field]).replace(UNSAFE, ''))].join(',');
}

/** Returns the name of one of our sounds. */
export function soundOf(name: FarewellReason | 'notice' | 'operator-question' | 'callback-offer'): string {
  return `${SOUNDS}/${name}`;
}

/** Returns a caller's progress in line as a dialplan carries it: three numbers, the first may be absent. */
export function toProgressText({
  announcedPosition,
  silentHolds = 0,
  unverifiedHolds = 0,
}: Partial<HoldProgress>): string {
  return [announcedPosition ?? 'new', silentHolds, unverifiedHolds].join('.');
}

import { randomBytes } from 'node:crypto';

/** Distinguishes the ids of one simulator process from those of another; real ids are random all through. */
const PROCESS_TAG = randomBytes(5).toString('hex');

type IdPrefix = 'sess' | 'conv' | 'item' | 'resp' | 'event' | 'call';

/**
 * `odd`: very long ones, one letter or two, spaces and signs, letters of other alphabets; each kind in its
 * turn.
 */
export type IdStyle = 'usual' | 'odd';

/**
 * The reference calls ids strings and says no more; those of calls come back to the server, which takes 32
 * characters.
 */
const LONGEST = 128;
const ODD: readonly ((prefix: IdPrefix, unique: string) => string)[] = [
  (prefix, unique) => (prefix === 'call' ? unique : `${prefix}_${unique}_`.padEnd(LONGEST, '0')),
  (_, unique) => unique,
  (prefix, unique) => `${prefix} ${unique} :/.%*{}`,
  (prefix, unique) => `${prefix}-é漢🎧-${unique}`,
];

/**
 * Hands out ids of the real length (a prefix and 21 letters or digits). They never repeat within a process,
 * so a client that mixes up two sessions is caught.
 */
export class IdSource {
  private readonly tag: string;
  private next = 0;

  private readonly style: IdStyle;
  private readonly session: string;

  constructor(sessionNumber: number, style: IdStyle = 'usual') {
    this.style = style;
    this.session = sessionNumber.toString(36);
    this.tag = PROCESS_TAG + sessionNumber.toString(36).padStart(5, '0');
  }

  take(prefix: IdPrefix): string {
    if (this.style === 'odd') {
      const number = this.next++;
      return ODD[number % ODD.length]?.(prefix, `${this.session}.${number.toString(36)}`) ?? '';
    }
    return `${prefix}_${this.tag}${(this.next++).toString(36).padStart(6, '0')}`;
  }
}

import { randomBytes } from 'node:crypto';

/** Tells the ids of one simulator process from those of another; real ids are random all through. */
const PROCESS_TAG = randomBytes(5).toString('hex');

export type IdPrefix = 'sess' | 'conv' | 'item' | 'resp' | 'event' | 'call';

/**
 * Hands out ids of the real length (a prefix and 21 letters or digits). They never repeat within a process, so a
 * client that mixes up two sessions is caught.
 */
export class IdSource {
  readonly #tag: string;
  #next = 0;

  constructor(sessionNumber: number) {
    this.#tag = PROCESS_TAG + sessionNumber.toString(36).padStart(5, '0');
  }

  take(prefix: IdPrefix): string {
    return `${prefix}_${this.#tag}${(this.#next++).toString(36).padStart(6, '0')}`;
  }
}

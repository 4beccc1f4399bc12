import type { ModelMove } from '@tandem/conversation';

/** A time without a session: since when, and why. */
export interface Gap {
  readonly since: number;
  readonly why: ModelMove['why'];
}

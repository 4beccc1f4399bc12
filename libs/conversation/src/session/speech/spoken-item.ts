import type { ItemId } from '@tandem/contracts';

/** One item of the agent's speech, once no more of it will be heard. */
export interface SpokenItem {
  readonly itemId: ItemId;
  readonly startedAtMs: number;
  readonly heardMs: number;
  readonly generatedMs: number;
  readonly isInterrupted: boolean;
}

/** An item that was cut off: what the model must forget. */
export interface CutItem {
  readonly itemId: ItemId;
  readonly heardMs: number;
}

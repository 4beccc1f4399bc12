import type { ItemId } from '@tandem/contracts';

/** µ-law at 8 kHz. */
const BYTES_PER_MS = 8;
/** Granularity of reports of what was heard. */
const TOLERANCE_MS = 200;

/** The speech of one response: its length, the part that matters, and the part that was heard. */
export class AgentItem {
  isDone = false;
  private generatedBytes = 0;
  private essentialMs: number;
  private heardMs = Infinity;

  /** @param hasEssential part of it must be heard for an answer to count */
  constructor(
    readonly itemId: ItemId,
    hasEssential: boolean,
  ) {
    this.essentialMs = hasEssential ? Infinity : 0;
  }

  get generatedMs(): number {
    return this.generatedBytes / BYTES_PER_MS;
  }

  addSound(bytes: number): void {
    this.generatedBytes += bytes;
  }

  /** The essential part ends with the sound added last. */
  markEssentialEnd(): void {
    this.essentialMs = this.generatedMs;
  }

  truncate(heardMs: number): void {
    this.heardMs = heardMs;
  }

  get isEssentialHeard(): boolean {
    return (
      this.essentialMs === 0 ||
      (this.heardMs >= this.essentialMs - TOLERANCE_MS && Number.isFinite(this.essentialMs))
    );
  }

  /** Cut short neither by us nor by the caller. */
  get isWhole(): boolean {
    return this.isDone && this.heardMs >= this.generatedMs - TOLERANCE_MS;
  }
}

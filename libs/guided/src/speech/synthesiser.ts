/** Voice and pace of speech. */
export interface Delivery {
  /** A voice of flite; a missing one is replaced by a near one. */
  readonly voice: string;
  /** 1 is the voice's own pace. */
  readonly speed: number;
}

/** Turns words into sound. */
export interface Synthesiser {
  /**
   * Returns one sentence as µ-law at 8 kHz, without the silence around it.
   * @throws ProviderError when no sound can be made; after an abort the outcome is ignored
   */
  speak(text: string, delivery: Delivery, signal: AbortSignal): Promise<Uint8Array>;
}

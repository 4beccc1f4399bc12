/** How something is to be said. */
export interface Delivery {
  /** A voice of flite; one that is not there is replaced by a near one. */
  readonly voice: string;
  /** 1 is the voice's own pace. */
  readonly speed: number;
}

/** Turns words into sound. */
export interface Synthesiser {
  /**
   * One sentence as µ-law at 8 kHz, without the silence around it.
   * @throws ProviderError when no sound can be made; whatever comes after an abort is of no interest
   */
  speak(text: string, delivery: Delivery, signal: AbortSignal): Promise<Uint8Array>;
}

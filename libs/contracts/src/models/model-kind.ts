import type { Price } from './price.ts';

/** Settings of a model session beside the agent's words and tools, for every kind of model. */
export interface ModelSessionSettings {
  readonly voice: string;
  /** Empty for a model that needs no transcriber. */
  readonly transcriptionModel: string;
  /** Absent where the model has none. */
  readonly noiseReduction?: 'near_field' | 'far_field' | 'off';
  /** 1 is the voice's own pace; absent where the model has only that. */
  readonly speed?: number;
}

/** A kind of voice model: everything the product knows about it outside its adapter. */
export interface ModelKind<Settings> {
  readonly sessionSettings: (settings: Settings) => ModelSessionSettings;
  /**
   * Returns the model's name at its provider, empty for the deployment's own; null for a model that runs in
   * the relay.
   */
  readonly remoteModel: (settings: Settings) => string | null;
  /** The provider can call tools of servers by itself (`runBy: 'provider'`). */
  readonly runsTools: boolean;
  readonly prices: readonly Price[];
}

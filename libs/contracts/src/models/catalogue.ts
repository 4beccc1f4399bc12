import { z } from 'zod';
import { localKind } from './local-kind.ts';
import type { ModelKind, ModelSessionSettings } from './model-kind.ts';
import { openAiRealtime, openAiRealtimeSchema } from './openai-realtime.ts';
import type { Price } from './price.ts';

/** The keyless engine. */
const guided = localKind('guided', { voice: 'slt' });

/** The settings of an agent's voice model, by its kind. A new kind is added here and to the table below. */
export const modelSettingsSchema = z.discriminatedUnion('kind', [openAiRealtimeSchema, guided.schema]);
export type ModelSettings = z.infer<typeof modelSettingsSchema>;
export type ModelKindName = ModelSettings['kind'];

const MODEL_KINDS: {
  readonly [Kind in ModelKindName]: ModelKind<Extract<ModelSettings, { kind: Kind }>>;
} = { 'openai-realtime': openAiRealtime, guided };

/** The kind for which specs and benchmarks make their agents. */
export const DEFAULT_MODEL_KIND = 'openai-realtime' as const satisfies ModelKindName;

export const PRICES: readonly Price[] = Object.values(MODEL_KINDS).flatMap(({ prices }) => prices);

export function sessionSettings(model: ModelSettings): ModelSessionSettings {
  return kindOf(model).sessionSettings(model);
}

/**
 * Returns the model's name at its provider, empty for the deployment's own; null for a model that runs in the
 * relay.
 */
export function remoteModel(model: ModelSettings): string | null {
  return kindOf(model).remoteModel(model);
}

/** Returns whether the provider of a model can call tools of servers by itself. */
export function runsTools(model: ModelSettings): boolean {
  return kindOf(model).runsTools;
}

function kindOf({ kind }: ModelSettings): ModelKind<ModelSettings> {
  return MODEL_KINDS[kind] as ModelKind<ModelSettings>;
}

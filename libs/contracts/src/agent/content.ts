import { z } from 'zod';
import { afterCallSchema } from './after-call.ts';
import { agentSnapshotSchema, type AgentSnapshot } from './snapshot.ts';
import { isSpeakable } from './texts.ts';
import { promptVariantSchema } from './prompt-variant.ts';

const published = agentSnapshotSchema.omit({
  agentId: true,
  agentVersion: true,
  tenantId: true,
  variantKey: true,
  directory: true,
  toolSecrets: true,
  webSearch: true,
});

/**
 * The content published as a version of an agent: a snapshot without the parts admission adds (ids, the
 * directory, the secrets, the chosen variant), with all variants of the experiment and the settings for
 * the time after the call.
 */
export const agentContentSchema = published
  .extend({
    /**
     * Name of the experiment: a new name assigns the callers anew; other weights under the same name move as
     * few callers as possible.
     */
    experiment: z.string().min(1).max(64).default('default'),
    variants: z.array(promptVariantSchema).max(20).default([]),
    /** The analysis of calls that are over; absent for none. No part of the call itself. */
    afterCall: afterCallSchema.optional(),
  })
  .refine(({ variants }) => new Set(variants.map(({ key }) => key)).size === variants.length, {
    path: ['variants'],
    message: 'two variants have the same key',
  })
  .refine(({ httpTools }) => new Set(httpTools.map(({ name }) => name)).size === httpTools.length, {
    path: ['httpTools'],
    message: 'two tools have the same name',
  })
  .refine(({ variants }) => variants.length === 0 || variants.some(({ weight }) => weight > 0), {
    path: ['variants'],
    message: 'at least one variant needs a weight above 0',
  })
  .refine(({ recording, tools }) => recording.mode !== 'asked' || tools.includes('record_consent'), {
    path: ['tools'],
    message:
      'recording.mode is "asked", so the agent needs the tool record_consent: without it no call would ' +
      'ever be recorded',
  })
  .refine(
    ({ recording, notice, texts }) =>
      recording.mode !== 'announced' ||
      isSpeakable(notice) ||
      Object.values(texts).some((text) => isSpeakable(text.notice ?? '')),
    {
      path: ['notice'],
      message:
        'recording.mode is "announced", so callers must hear a notice that the call is recorded before ' +
        'it is connected',
    },
  );
export type AgentContent = z.infer<typeof agentContentSchema>;
export type AgentContentInput = z.input<typeof agentContentSchema>;

/** Returns the agent of a published version before a variant is chosen, without a directory. */
export function toSnapshot(
  content: AgentContent,
  ids: Pick<AgentSnapshot, 'agentId' | 'agentVersion' | 'tenantId'>,
): AgentSnapshot {
  const { experiment: _experiment, variants: _variants, afterCall: _afterCall, ...rest } = content;
  const webSearch = { allowed: [], denied: [] };
  return { ...rest, ...ids, directory: [], toolSecrets: {}, webSearch, variantKey: null };
}

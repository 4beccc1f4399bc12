import { isSpeakable, textsOf, withVariant, type AgentSnapshot, type PromptVariant } from '@tandem/contracts';
import type { CallerGroupMatch } from '@tandem/database';
import type { Spoken } from '../ports/carrier-instruction.ts';

/** Returns the agent for one call: the published one with its experiment variant and the group's greeting. */
export function snapshotAgent(
  published: AgentSnapshot,
  variant: PromptVariant | null,
  group: CallerGroupMatch | null,
  language: string,
): AgentSnapshot {
  const agent = variant ? withVariant(published, variant) : published;
  if (!group?.greeting) return agent;
  const { greeting } = group;
  return {
    ...agent,
    texts: { ...agent.texts, [language]: { ...agent.texts[language], greeting, greetingKnown: greeting } },
  };
}

/** The notice spoken before the call is connected: a translation, else in the agent's own language. */
export function preConnectNotice(agent: AgentSnapshot, language: string): Spoken | null {
  const { notice } = textsOf(agent, language);
  if (isSpeakable(notice)) return { text: notice, language };
  return isSpeakable(agent.notice) ? { text: agent.notice, language: agent.language } : null;
}

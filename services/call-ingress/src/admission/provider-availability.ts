import { Inject, Injectable } from '@nestjs/common';
import { ProviderStates, providerTarget } from '@tandem/call-state';
import { modelRungs, type AgentSnapshot, type RefusalReason } from '@tandem/contracts';
import { holdTwiml } from '@tandem/telephony';
import { PublicBaseUrl } from '../public-base-url.ts';
import { holdSpoken } from './refusals.ts';

/** Two minutes of waiting in all: longer than a circuit stays open, shorter than patience. */
const HOLD_S = 10;
const MAX_HOLDS = 12;

/** Whether any model of an agent may be asked at all, before the call is answered: what the relays have seen decides. */
@Injectable()
export class ProviderAvailability {
  constructor(
    @Inject(ProviderStates) private readonly states: Pick<ProviderStates, 'canAnyTake'>,
    @Inject(PublicBaseUrl) private readonly base: Pick<PublicBaseUrl, 'value'>,
  ) {}

  /**
   * Null when the call can be taken. Else the TwiML that lets it wait and ask again, for agents that let callers wait,
   * or the reason to turn it away. @param holds how often this call has waited already
   */
  async missing(agent: AgentSnapshot, language: string, holds: number): Promise<{ twiml: string } | RefusalReason | null> {
    const targets = modelRungs(agent).map(({ model, endpoint }) => providerTarget(model, endpoint));
    // A model without a target runs in the relay itself.
    if (targets.includes(null) || (await this.states.canAnyTake(targets.filter((target) => target !== null)))) return null;
    return this.orWait('provider-unavailable', agent, language, holds);
  }

  /** The TwiML that lets the caller wait and ask again, for agents that let callers wait; else the reason as it is. */
  orWait(reason: RefusalReason, agent: AgentSnapshot, language: string, holds: number): { twiml: string } | RefusalReason {
    if (agent.whenUnavailable === 'refuse' || holds >= MAX_HOLDS) return reason;
    const spoken = holds === 0 ? holdSpoken(agent.companyName, language) : null;
    return { twiml: holdTwiml({ spoken, holdS: HOLD_S, askAgainUrl: `${this.base.value}/twilio/voice?holds=${holds + 1}` }) };
  }
}

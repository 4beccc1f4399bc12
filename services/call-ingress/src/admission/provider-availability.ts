import { Inject, Injectable } from '@nestjs/common';
import { ProviderStates, providerTarget } from '@tandem/call-state';
import { modelTargets, type AgentSnapshot } from '@tandem/contracts';

/**
 * Checks, before a call is answered, that a model provider of its agent is available according to the relays.
 */
@Injectable()
export class ProviderAvailability {
  constructor(@Inject(ProviderStates) private readonly states: Pick<ProviderStates, 'canAnyTake'>) {}

  async canTake(agent: AgentSnapshot): Promise<boolean> {
    const targets = modelTargets(agent).map(({ model, endpoint }) => providerTarget(model, endpoint));
    // A model without a target runs inside the relay.
    return (
      targets.includes(null) || (await this.states.canAnyTake(targets.filter((target) => target !== null)))
    );
  }
}

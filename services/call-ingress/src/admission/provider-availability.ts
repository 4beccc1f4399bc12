import { Inject, Injectable } from '@nestjs/common';
import { ProviderStates, providerTarget } from '@tandem/call-state';
import { modelTargets, type AgentSnapshot } from '@tandem/contracts';

/**
 * Whether any model of an agent may be asked at all, before the call is answered: what the relays have seen
 * decides.
 */
@Injectable()
export class ProviderAvailability {
  constructor(@Inject(ProviderStates) private readonly states: Pick<ProviderStates, 'canAnyTake'>) {}

  async canTake(agent: AgentSnapshot): Promise<boolean> {
    const targets = modelTargets(agent).map(({ model, endpoint }) => providerTarget(model, endpoint));
    // A model without a target runs in the relay itself.
    return (
      targets.includes(null) || (await this.states.canAnyTake(targets.filter((target) => target !== null)))
    );
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { freeCapacity, RelayRegistry, type RelayStatus } from '@tandem/call-state';
import { Metrics, withTimeout } from '@tandem/platform';

/** Time limit of a look at the leases: without Redis the rest of the page must still come. */
const LIMIT_MS = 500;
const STATES: Readonly<Record<string, (relay: RelayStatus) => boolean>> = {
  draining: ({ isDraining }) => isDraining,
  overloaded: ({ isDraining, isOverloaded }) => !isDraining && isOverloaded,
  serving: ({ isDraining, isOverloaded }) => !isDraining && !isOverloaded,
};

type Relays = readonly RelayStatus[];

const sum =
  (of: (relay: RelayStatus) => number) =>
  (relays: Relays): number =>
    relays.reduce((all, relay) => all + of(relay), 0);

const TOTALS: readonly { name: string; help: string; of: (relays: Relays) => number }[] = [
  {
    name: 'tandem_fleet_calls',
    help: 'Calls held, over all relays; the same figure in every replica',
    of: sum(({ active }) => active),
  },
  {
    name: 'tandem_fleet_capacity',
    help: 'Calls that all relays may hold, without those that drain; the same figure in every replica',
    of: sum(({ isDraining, capacity }) => (isDraining ? 0 : capacity)),
  },
  {
    name: 'tandem_fleet_free',
    help: 'Further callers that all relays would take now; the same figure in every replica',
    of: freeCapacity,
  },
];

/**
 * Publishes the totals of all relays from their leases, so that any replica tells the load of the fleet. They
 * have no values while Redis does not answer.
 */
@Injectable()
export class FleetGauges {
  private look: Promise<Relays | null> | null = null;

  constructor(
    metrics: Metrics,
    @Inject(RelayRegistry) private readonly registry: Pick<RelayRegistry, 'listRelays'>,
  ) {
    const relays = () => this.relays();
    for (const { name, help, of } of TOTALS)
      metrics.gauge({
        name,
        help,
        async collect() {
          const found = await relays();
          if (found === null) this.remove();
          else this.set(of(found));
        },
      });
    metrics.gauge({
      name: 'tandem_fleet_relays',
      help: 'Relays with a valid lease, by state; the same figure in every replica',
      labelNames: ['state'],
      async collect() {
        this.reset();
        const found = await relays();
        for (const [state, isIn] of found === null ? [] : Object.entries(STATES))
          this.set({ state }, found?.filter(isIn).length ?? 0);
      },
    });
  }

  /** Returns the relays, looked up once for all gauges of a scrape; null when Redis does not answer. */
  private relays(): Promise<Relays | null> {
    this.look ??= withTimeout(LIMIT_MS, this.registry.listRelays())
      .catch(() => null)
      .finally(() => (this.look = null));
    return this.look;
  }
}

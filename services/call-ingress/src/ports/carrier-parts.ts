import type { Provider, Type } from '@nestjs/common';
import type { Channel } from '@tandem/contracts';
import type { CarrierAdapter } from './carrier-adapter.ts';

/** The parts of one carrier in call-ingress. */
export interface CarrierParts {
  /** The channel of calls that come in over it. */
  readonly channel: Channel;
  /** One of the providers. */
  readonly adapter: Type<CarrierAdapter>;
  readonly providers: readonly Provider[];
  readonly controllers: readonly Type[];
}

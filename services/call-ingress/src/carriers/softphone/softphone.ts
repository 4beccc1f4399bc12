import type { CarrierParts } from '../../ports/carrier-parts.ts';
import { SoftphoneCallTokens } from './softphone-call-tokens.ts';
import { SoftphoneCallsController } from './softphone-calls.controller.ts';
import { SoftphoneCarrier } from './softphone-carrier.ts';
import { StartLimit } from './start-limit.ts';
import { TalkPageController } from './talk-page.controller.ts';

/** The parts of call-ingress that take calls from browsers. */
export const softphone: CarrierParts = {
  channel: 'softphone',
  adapter: SoftphoneCarrier,
  providers: [SoftphoneCallTokens, StartLimit, SoftphoneCarrier],
  controllers: [SoftphoneCallsController, TalkPageController],
};

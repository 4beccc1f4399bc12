import type { CarrierParts } from '../../ports/carrier-parts.ts';
import { AsteriskControl } from './adapter/asterisk-control.ts';
import { AsteriskCarrier } from './adapter/asterisk-carrier.ts';
import { AsteriskCallsController } from './requests/asterisk-calls.controller.ts';
import { AsteriskOperatorController } from './requests/asterisk-operator.controller.ts';

/** Asterisk's parts of call-ingress. */
export const asterisk: CarrierParts = {
  channel: 'asterisk',
  adapter: AsteriskCarrier,
  providers: [AsteriskControl, AsteriskCarrier],
  controllers: [AsteriskCallsController, AsteriskOperatorController],
};

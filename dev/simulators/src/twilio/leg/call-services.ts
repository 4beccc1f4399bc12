import type { Clock } from '@tandem/kit';
import type { LinkSettings } from '../../link/link.ts';
import type { AgentEarOptions } from '../audio/agent-ear.ts';
import type { Ticker } from '../audio/ticker.ts';
import type { UnverifiedBehaviour } from '../reference/unverified-behaviour.ts';
import type { WebhookClient } from '../webhook/webhook-client.ts';
import type { Network } from '../webhook/webhook-request.ts';
import type { LegOptions, CallHandle } from './call-handle.ts';
import type { CalleeScript, DialledParty } from './callee.ts';
import type { Exchange } from './exchange.ts';

/** Services the simulator shares with each of its calls. */
export interface CallServices {
  readonly accountSid: string;
  readonly authToken: string;
  readonly clock: Clock;
  readonly ticker: Ticker;
  readonly ear: AgentEarOptions;
  readonly webhooks: WebhookClient;
  readonly network: Network;
  readonly behaviour: UnverifiedBehaviour;
  /** TwiML, ringing and callee time runs this much faster than real; media never does. */
  readonly speed: number;
  /** Network distance to the platform; a call draws its own from it. */
  readonly link: LinkSettings;
  readonly random: () => number;
  readonly exchange: Exchange;
  calleeFor(party: DialledParty): CalleeScript;
  /** Makes a leg known to the simulator, in the state before ringing. */
  addLeg(options: LegOptions): CallHandle;
}

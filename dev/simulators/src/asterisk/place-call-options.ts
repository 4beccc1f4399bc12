import type { LegFault, OpeningFault } from './audiosocket/leg-faults.ts';
import type { CallListener } from './call/call-journal.ts';
import type { CalleeScript } from './call/callee.ts';
import type { PlannedFault } from './channel/channel.ts';
import type { Dialplan } from './dialplan/dialplan.ts';

export interface PlaceCallOptions {
  /** The caller's number. */
  readonly from: string;
  readonly fromName?: string;
  /** The number they dialled. */
  readonly to: string;
  /** Where the call enters the dialplan. */
  readonly context: string;
  /** Default: the dialled number. */
  readonly extension?: string;
  /** Default: the simulator's. */
  readonly dialplan?: Dialplan;
  /** Default `trunk`: the channel is `PJSIP/trunk-…`. */
  readonly endpoint?: string;
  /** Returns the behaviour of a dialled endpoint such as `PJSIP/200`. Default: the simulator's. */
  readonly callees?: (endpoint: string) => CalleeScript;
  readonly legFaults?: readonly PlannedFault<LegFault>[];
  readonly openingFaults?: readonly PlannedFault<OpeningFault>[];
  /**
   * Connections of this call end with a reset in the place of a FIN, as they do when audio of the relay is
   * unread at the hang-up. Default false.
   */
  readonly closesWithReset?: boolean;
  /** Default true; a phone on hold sends nothing. */
  readonly sendsAudio?: boolean;
  readonly isRecording?: boolean;
  readonly maxRecordingMs?: number;
  /** Called with every entry of the timeline. */
  readonly onEvent?: CallListener;
}

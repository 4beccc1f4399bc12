import type { CallPlan } from '../channel/channel.ts';
import type { Dialplan } from '../dialplan/dialplan.ts';

/** A phone and the channel to it, about to be made. */
export interface LegOptions {
  readonly direction: 'inbound' | 'outbound';
  readonly technology: string;
  readonly resource: string;
  readonly from: string;
  readonly fromName: string;
  readonly to: string;
  readonly dialplan: Dialplan;
  readonly plan: CallPlan;
  readonly uniqueId?: string | undefined;
  readonly sendsAudio?: boolean | undefined;
  readonly isRecording?: boolean | undefined;
  readonly maxRecordingMs?: number | undefined;
}

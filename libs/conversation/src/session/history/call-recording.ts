import { isSpeakable, textsOf } from '@tandem/contracts';
import type { CallLog } from '../../ports/call-log.ts';
import type { RecordingControl } from '../../ports/recording-control.ts';
import type { CallInfo } from '../call-info.ts';

/** `announced`: the notice was spoken before the call was connected. */
export type ConsentState = 'granted' | 'refused' | 'announced';

/** What an earlier session of the call has left of its recording. */
export interface RecordingCarryover {
  readonly consent: ConsentState | null;
  readonly isPausedByOperator: boolean;
}

/** Digits typed in secret, and an operator, each hold it back on their own. */
export type RecordingHold = 'digits' | 'operator';

/** Decides when the call may be recorded: never before consent, nor while anything holds it back. */
export class CallRecording {
  private consent: ConsentState | null;
  private hasStarted = false;
  private isRunning = false;
  private readonly holds = new Set<RecordingHold>();

  constructor(
    private readonly call: CallInfo,
    private readonly control: RecordingControl | null,
    private readonly log: CallLog,
    private readonly atMs: () => number,
    left: RecordingCarryover | null,
  ) {
    this.consent = left?.consent ?? null;
    if (left?.isPausedByOperator) this.holds.add('operator');
  }

  /** Whether there is anything to be asked about. */
  get isPossible(): boolean {
    return this.control !== null && this.call.agent.recording.mode !== 'off';
  }

  /** The caller is on the line. */
  begin(): void {
    if (this.isPossible && this.consent === null && this.isAnnounced) this.stated('announced');
    else this.follow();
  }

  /** What the caller said when asked, or again of their own accord: the last word counts. */
  stated(consent: ConsentState): void {
    this.consent = consent;
    this.log.append({
      type: 'consent.stated',
      data: { purpose: 'recording', state: consent, atMs: this.atMs() },
    });
    this.follow();
  }

  hold(reason: RecordingHold): void {
    this.holds.add(reason);
    this.follow();
  }

  release(reason: RecordingHold): void {
    this.holds.delete(reason);
    this.follow();
  }

  private get isAnnounced(): boolean {
    const { agent, language } = this.call;
    return agent.recording.mode === 'announced' && isSpeakable(textsOf(agent, language).notice);
  }

  private follow(): void {
    const isAllowed =
      this.isPossible &&
      this.holds.size === 0 &&
      (this.consent === 'granted' || this.consent === 'announced');
    if (isAllowed === this.isRunning) return;
    this.isRunning = isAllowed;
    if (!isAllowed) return this.control?.pause();
    if (this.hasStarted) return this.control?.resume();
    this.hasStarted = true;
    this.control?.start();
  }
}

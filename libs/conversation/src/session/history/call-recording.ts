import { isSpeakable, textsOf } from '@tandem/contracts';
import type { PauseReason, RecordingControl } from '../../ports/recording-control.ts';
import type { CallContext } from '../call-context.ts';

/** `announced`: the notice was spoken before the call was connected. */
export type ConsentState = 'granted' | 'refused' | 'announced';

/** The recording as earlier sessions of the call left it. */
export interface RecordingCarryover {
  readonly consent: ConsentState | null;
  readonly isPausedByOperator: boolean;
}

/** Decides when the call may be recorded: never before consent, nor during a pause. */
export class CallRecording {
  private consent: ConsentState | null;
  private hasStarted = false;
  private isRunning = false;
  private readonly pauses = new Set<PauseReason>();

  constructor(
    private readonly context: CallContext,
    private readonly control: RecordingControl | undefined,
    carryover: RecordingCarryover | undefined,
  ) {
    this.consent = carryover?.consent ?? null;
    if (carryover?.isPausedByOperator) this.pauses.add('operator');
  }

  /** The agent records calls, and a recorder is there. */
  get isPossible(): boolean {
    return this.control !== undefined && this.context.call.agent.recording.mode !== 'off';
  }

  /** The caller is on the line. */
  begin(): void {
    if (this.isPossible && this.consent === null && this.isAnnounced) this.stated('announced');
    else this.follow();
  }

  /** The caller stated their consent; the last statement counts. */
  stated(consent: ConsentState): void {
    this.consent = consent;
    this.context.log.append({
      type: 'consent.stated',
      data: { purpose: 'recording', state: consent, atMs: this.context.atMs() },
    });
    this.follow();
  }

  pause(reason: PauseReason): void {
    this.pauses.add(reason);
    this.follow(reason);
  }

  resume(reason: PauseReason): void {
    this.pauses.delete(reason);
    this.follow(reason);
  }

  /** The call is over. Resolves when the recording is stored or given up. */
  async finish(): Promise<void> {
    await this.control?.finish();
  }

  private get isAnnounced(): boolean {
    const { agent, language } = this.context.call;
    return agent.recording.mode === 'announced' && isSpeakable(textsOf(agent, language).notice);
  }

  private follow(by?: PauseReason): void {
    const isAllowed =
      this.isPossible &&
      this.pauses.size === 0 &&
      (this.consent === 'granted' || this.consent === 'announced');
    if (isAllowed === this.isRunning) return;
    this.isRunning = isAllowed;
    if (!isAllowed) return this.control?.pause(by);
    if (this.hasStarted) return this.control?.resume(by);
    this.hasStarted = true;
    this.control?.start();
  }
}

import type { CallJournal } from '../leg/call-journal.ts';
import type { CallStatus } from '../leg/call-report.ts';
import { CallbackSender, type CallbackSenderOptions, type ProgressEvent } from '../leg/status-callbacks.ts';
import type { FormFields } from '../webhook/signature.ts';

const EVENT_OF_STATUS: Readonly<Partial<Record<CallStatus, ProgressEvent>>> = {
  initiated: 'initiated',
  ringing: 'ringing',
  'in-progress': 'answered',
};

const SIP_CODES: Readonly<Partial<Record<CallStatus, string>>> = {
  completed: '200',
  busy: '486',
  'no-answer': '480',
  canceled: '487',
  failed: '404',
};

interface CallProgressParts {
  readonly journal: CallJournal;
  /** Fields of a callback: those of every request about the call. */
  readonly fields: () => FormFields;
  readonly durationS: () => number;
}

/** The status of one call, and the status callbacks about its changes. */
export class CallProgress {
  private readonly parts: CallProgressParts;
  private callbacks: CallbackSender | null = null;
  status: CallStatus;

  constructor(status: CallStatus, parts: CallProgressParts) {
    this.status = status;
    this.parts = parts;
  }

  /** Sends callbacks from now on. */
  reportTo(options: CallbackSenderOptions): void {
    this.callbacks = new CallbackSender(options);
  }

  change(status: CallStatus): void {
    this.status = status;
    this.parts.journal.add({ kind: 'status', status });
    const event = EVENT_OF_STATUS[status] ?? 'completed';
    const fields = this.parts.fields();
    this.callbacks?.fire(event, event === 'completed' ? { ...fields, ...this.closingFields() } : fields);
  }

  /** Announces `ringing`, the status in which an inbound call begins. */
  announceRinging(): void {
    this.parts.journal.add({ kind: 'status', status: this.status });
    this.callbacks?.fire('ringing', this.parts.fields());
  }

  /** Sends the callbacks held back and waits for all deliveries. */
  async finish(): Promise<void> {
    await this.callbacks?.finish();
  }

  private closingFields(): FormFields {
    const durationS = this.parts.durationS();
    const sipCode = SIP_CODES[this.status];
    return {
      CallDuration: String(durationS),
      Duration: String(Math.ceil(durationS / 60)),
      ...(sipCode !== undefined && { SipResponseCode: sipCode }),
    };
  }
}

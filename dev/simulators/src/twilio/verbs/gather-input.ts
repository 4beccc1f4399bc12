import type { Timer } from '@tandem/kit';
import type { TwimlElement } from '../twiml/twiml-document.ts';
import type { VerbRun } from './verb-run.ts';

/** Keys and words of a caller, for one `<Gather>`. */
export interface GatherInput {
  readonly digits: string;
  readonly speech: string | null;
}

/** `speechTimeout="auto"` ends at the first pause; about a second in practice. */
const AUTO_SPEECH_TIMEOUT_S = 1;

/** Collects keys and speech of one `<Gather>` until something says it is complete. */
export class InputCollector {
  private readonly element: TwimlElement;
  private readonly run: VerbRun;
  private readonly stopListening: () => void;
  private readonly start = Promise.withResolvers<void>();
  private readonly input = Promise.withResolvers<GatherInput>();
  private readonly wantsSpeech: boolean;
  private digits = '';
  private timer: Timer | null = null;
  private isPromptOver = false;

  constructor(element: TwimlElement, run: VerbRun) {
    this.element = element;
    this.run = run;
    const kinds = (element.attributes.input ?? 'dtmf').split(/[ ,]+/);
    this.wantsSpeech = kinds.includes('speech');
    this.stopListening = run.call.line.listen({
      ...(kinds.includes('dtmf') && { onDigit: (digit: string) => this.onDigit(digit) }),
      ...(this.wantsSpeech && {
        onUtterance: (text: string | null) => this.onUtterance(text),
        onCallerStarted: () => this.onSpeech(),
      }),
    });
  }

  /** Settles with the first key or sound: the prompt is cut short by it. */
  get started(): Promise<void> {
    return this.start.promise;
  }

  get finished(): Promise<GatherInput> {
    return this.input.promise;
  }

  promptOver(): void {
    this.isPromptOver = true;
    const isSpoken = this.wantsSpeech && this.run.call.line.isCallerSpeaking;
    if (this.timer === null && !isSpoken) this.restartTimer(this.timeoutS);
  }

  close(): void {
    this.timer?.cancel();
    this.stopListening();
  }

  private get timeoutS(): number {
    return Number(this.element.attributes.timeout ?? '5');
  }

  private onDigit(digit: string): void {
    const { finishOnKey = '#', numDigits } = this.element.attributes;
    if (digit === finishOnKey) {
      // The finishing key means something only after other keys.
      if (this.digits !== '') this.finish(null);
      return;
    }
    this.start.resolve();
    this.digits += digit;
    if (numDigits !== undefined && this.digits.length >= Number(numDigits)) this.finish(null);
    else this.restartTimer(this.timeoutS);
  }

  private onSpeech(): void {
    this.start.resolve();
    this.timer?.cancel();
    this.timer = null;
  }

  private onUtterance(text: string | null): void {
    this.start.resolve();
    if (text === null) {
      // Speech without words, as far as the simulator knows: nothing was recognised.
      if (this.isPromptOver) this.restartTimer(this.timeoutS);
      return;
    }
    const { speechTimeout = 'auto' } = this.element.attributes;
    const seconds = speechTimeout === 'auto' ? AUTO_SPEECH_TIMEOUT_S : Number(speechTimeout);
    this.restartTimer(seconds, text);
  }

  private restartTimer(seconds: number, speech: string | null = null): void {
    const { clock, speed } = this.run.services;
    this.timer?.cancel();
    this.timer = clock.after((seconds * 1000) / speed, () => this.finish(speech));
  }

  private finish(speech: string | null): void {
    this.close();
    this.input.resolve({ digits: this.digits, speech });
  }
}

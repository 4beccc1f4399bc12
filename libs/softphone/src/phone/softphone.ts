import type { CallReply, CallStep, StepText } from '../wire/call-steps.ts';
import type { RelayMessage, WireFormat } from '../wire/control-messages.ts';
import type { FromProcessor } from '../worklet/processor-messages.ts';
import { askForCall, askWhatFollows, CallRefused, type CallService } from './call-api.ts';
import type { MicrophoneFault } from './microphone-fault.ts';
import type { PhoneAudio, PhoneAudioEvents } from './phone-audio.ts';
import { RelaySocket } from './relay-socket.ts';

/** Where a call is. */
export type PhoneState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking-microphone' }
  /** Nothing was started: the caller decides whether to go on without a microphone. */
  | { readonly kind: 'no-microphone'; readonly fault: MicrophoneFault }
  | { readonly kind: 'calling' }
  | { readonly kind: 'waiting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'reconnecting' }
  | { readonly kind: 'transferring' }
  | {
      readonly kind: 'over';
      readonly why: 'hung-up' | 'ended' | 'refused' | 'failed';
      readonly text: string;
    };

export interface Levels {
  /** Loudest sample since the last report, from 0 to 1. */
  readonly microphone: number;
  readonly speaker: number;
}

/** How good the connection is. */
export interface Quality {
  readonly roundTripMs: number | null;
  /** Gaps the caller heard in the middle of a sound. */
  readonly underruns: number;
  /** Delay that playback keeps because of the network. */
  readonly delayMs: number;
}

export interface SoftphoneEvents {
  readonly onState: (state: PhoneState) => void;
  /** Transcript, tools and notes, as the relay shows them. */
  readonly onMessage: (message: RelayMessage) => void;
  /** Something call-ingress says in words: a notice, a place in line. */
  readonly onAnnouncement: (text: StepText) => void;
  readonly onLevels: (levels: Levels) => void;
  readonly onQuality: (quality: Quality) => void;
  /** Audibility, microphone or the list of devices may have changed. */
  readonly onDevice: () => void;
}

export interface CallOptions {
  readonly to?: string | undefined;
  readonly from?: string | undefined;
  /** Goes on without a microphone: the caller listens and writes. */
  readonly isSilent?: boolean;
  /** Ids of the devices the caller chose; empty or absent for the browser's own choice. */
  readonly microphone?: string;
  readonly speaker?: string;
}

/** A lost connection is followed up this often, this far apart, before the call is given up. */
const FOLLOW_UPS = 8;
const FOLLOW_UP_EVERY_MS = 1_000;
/** How long the page shows that a person would be rung now. */
const TRANSFER_SHOWN_MS = 2_500;
const LOOK_EVERY_MS = 250;

const NO_AUDIO = 'The browser could not start its audio. Reload the page and call again.';
const NOT_REACHED = 'The call could not be continued: the service cannot be reached. Check your network.';

export interface SoftphoneParts<Audio extends PhoneAudio> {
  /** Returns the audio of one call; called from the press that starts it. */
  readonly openAudio: (events: PhoneAudioEvents) => Audio;
  readonly service: CallService;
}

/** A call from a browser: one at a time, from the press of a button to its end. */
export class Softphone<Audio extends PhoneAudio> {
  state: PhoneState = { kind: 'idle' };
  private device: Audio | null = null;
  private socket: RelaySocket | null = null;
  private call: string | null = null;
  /** Counts calls, so that what an earlier one still awaits has no effect. */
  private calls = 0;
  private isMuted = false;
  private roundTripMs: number | null = null;
  private wasAudible = false;

  constructor(
    private readonly parts: SoftphoneParts<Audio>,
    private readonly events: SoftphoneEvents,
  ) {}

  get isOnCall(): boolean {
    return !['idle', 'over', 'no-microphone'].includes(this.state.kind);
  }

  /** Whether queued audio is heard. False also while there is no call. */
  get isAudible(): boolean {
    return this.device?.isAudible ?? false;
  }

  /** The devices in use and their faults; null while there is no call. */
  get audio(): Audio | null {
    return this.device;
  }

  /** Starts a call. Call it from a press: browsers play nothing before one. */
  async start({ to, from, isSilent = false, microphone, speaker }: CallOptions = {}): Promise<void> {
    if (this.isOnCall) return;
    await this.closeDevice();
    this.calls += 1;
    const number = this.calls;
    const device = this.parts.openAudio({
      onProcessor: (message) => this.fromProcessor(message),
      onChanged: () => this.events.onDevice(),
    });
    this.device = device;
    device.setMuted(this.isMuted);
    // A loudspeaker that is gone leaves the browser's own choice.
    if (speaker) void device.chooseOutput(speaker).catch(() => undefined);
    if (!isSilent) {
      this.enter({ kind: 'asking-microphone' });
      await device.openMicrophone(microphone);
      if (number !== this.calls) return;
      if (device.fault) return this.enter({ kind: 'no-microphone', fault: device.fault });
    }
    this.enter({ kind: 'calling' });
    await this.ask(number, () => askForCall(this.parts.service, { to, from }));
  }

  hangUp(): void {
    if (!this.isOnCall) return;
    this.calls += 1;
    this.socket?.tell({ type: 'hangup' });
    this.end('hung-up', '');
  }

  /** @param digit 0 to 9, * or # */
  press(digit: string): void {
    this.socket?.tell({ type: 'digit', digit });
  }

  /** Sends words in place of speech. */
  write(text: string): void {
    this.socket?.tell({ type: 'text', text });
  }

  setMuted(isMuted: boolean): void {
    this.isMuted = isMuted;
    this.device?.setMuted(isMuted);
  }

  /** Follows one step of call-ingress; the next one may come much later. */
  private async follow(number: number, { call, step }: CallReply): Promise<void> {
    if (number !== this.calls) return;
    this.call = call;
    switch (step.action) {
      case 'connect':
        return this.connect(number, step);
      case 'wait':
        return this.wait(number, step);
      case 'transfer':
        this.enter({ kind: 'transferring' });
        await pause(TRANSFER_SHOWN_MS);
        return this.ask(number, () =>
          askWhatFollows(this.parts.service, { call, stream: step.stream, after: 'transfer' }),
        );
      case 'refuse':
        return this.end('refused', step.text.text);
      case 'hang-up':
        return this.end('ended', '');
    }
  }

  private async connect(number: number, step: Extract<CallStep, { action: 'connect' }>): Promise<void> {
    if (step.notice) await this.announce(step.notice);
    try {
      // A relay sends the first words at once: without a processor they would be lost.
      await this.device?.loaded;
    } catch {
      if (number === this.calls) this.end('failed', NO_AUDIO);
    }
    if (number !== this.calls) return;
    const socket: RelaySocket = new RelaySocket(step.url, step.ticket, {
      onReady: (format) => this.begin(number, format),
      onAudio: (sound, samples) => this.device?.play(sound, samples),
      onMessage: (message) => this.fromRelay(message),
      onRoundTrip: (ms) => (this.roundTripMs = ms),
      onClosed: () => {
        if (this.socket === socket) this.socket = null;
        if (number === this.calls) void this.afterStream(number, step.stream);
      },
    });
    this.socket = socket;
  }

  private begin(number: number, { rateHz }: WireFormat): void {
    try {
      this.device?.begin(rateHz);
      if (number === this.calls) this.enter({ kind: 'connected' });
    } catch {
      if (number === this.calls) this.end('failed', NO_AUDIO);
    }
  }

  private async wait(number: number, step: Extract<CallStep, { action: 'wait' }>): Promise<void> {
    this.enter({ kind: 'waiting' });
    if (step.text) await this.announce(step.text);
    await pause(step.seconds * 1000);
    const { call } = this;
    if (call) await this.ask(number, () => askForCall(this.parts.service, { call, progress: step.progress }));
  }

  /** The stream is over: call-ingress knows whether the call is, too. */
  private async afterStream(number: number, stream: string): Promise<void> {
    this.device?.clear(0, 0);
    this.enter({ kind: 'reconnecting' });
    // A page that plays nothing loses each stream again. It waits for the press that lets it play.
    while (number === this.calls && !this.isAudible && this.wasAudible) await pause(LOOK_EVERY_MS);
    const { call } = this;
    if (call)
      await this.ask(number, () => askWhatFollows(this.parts.service, { call, stream, after: 'stream' }));
  }

  private async ask(number: number, question: () => Promise<CallReply>): Promise<void> {
    for (let attempt = 1; number === this.calls; attempt += 1) {
      try {
        return await this.follow(number, await question());
      } catch (error) {
        if (number !== this.calls) return;
        const isOver = !(error instanceof CallRefused && error.isTemporary) || attempt >= FOLLOW_UPS;
        if (isOver) return this.end('failed', error instanceof CallRefused ? error.message : NOT_REACHED);
        await pause(FOLLOW_UP_EVERY_MS);
      }
    }
  }

  /** Shows an announcement, and reads it out where the browser can. */
  private async announce(text: StepText): Promise<void> {
    this.events.onAnnouncement(text);
    if (typeof speechSynthesis === 'undefined' || speechSynthesis.getVoices().length === 0) return;
    const spoken = new SpeechSynthesisUtterance(text.text);
    spoken.lang = text.language;
    await new Promise<void>((resolve) => {
      spoken.onend = spoken.onerror = () => resolve();
      speechSynthesis.speak(spoken);
    });
  }

  private fromRelay(message: RelayMessage): void {
    if (message.type === 'clear') this.device?.clear(message.id, message.fadeMs);
    else this.events.onMessage(message);
  }

  private fromProcessor(message: FromProcessor): void {
    switch (message.kind) {
      case 'frame':
        this.socket?.sendFrame(message.samples);
        return;
      case 'played':
        this.socket?.tell({ type: 'played', ...message.position, at: message.at });
        return;
      case 'cleared':
        this.socket?.tell({ type: 'cleared', id: message.id });
        return;
      case 'alive':
        if (!this.wasAudible) this.events.onDevice();
        this.wasAudible = true;
        this.events.onLevels({ microphone: message.inLevel, speaker: message.outLevel });
        this.events.onQuality({
          roundTripMs: this.roundTripMs,
          underruns: message.underruns,
          delayMs: message.delayMs,
        });
        return;
    }
  }

  private end(why: Extract<PhoneState, { kind: 'over' }>['why'], text: string): void {
    this.calls += 1;
    this.call = null;
    const { socket } = this;
    this.socket = null;
    socket?.close();
    void this.closeDevice();
    this.enter({ kind: 'over', why, text });
  }

  private async closeDevice(): Promise<void> {
    const { device } = this;
    this.device = null;
    this.wasAudible = false;
    await device?.close();
  }

  private enter(state: PhoneState): void {
    this.state = state;
    this.events.onState(state);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

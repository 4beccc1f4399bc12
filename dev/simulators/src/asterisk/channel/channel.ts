import type { LegFault, OpeningFault } from '../audiosocket/leg-faults.ts';
import type { LegLog } from '../audiosocket/leg-report.ts';
import type { Line } from '../audio/line.ts';
import type { CallJournal, NewCallEntry } from '../call/call-journal.ts';
import type { CallEndCause } from '../call/call-report.ts';
import type { CalleeScript } from '../call/callee.ts';
import type { Dialplan, DialplanLocation } from '../dialplan/dialplan.ts';
import type { RelayLeg } from './relay-leg.ts';
import { Variables } from './variables.ts';

export type ChannelState = 'Down' | 'Ring' | 'Ringing' | 'Up';

/** The far side of a channel: a person's phone, a relay, or the other half of a Local channel. */
export interface FarSide {
  /** A phone's audio. */
  readonly line: Line | null;
  /** A relay's audio. */
  readonly leg: RelayLeg | null;
  answer(): void;
  hangUp(cause: number): void;
  hearDigit(digit: string): void;
  /** Sounds, music and the like reach the far side. */
  hear(entry: NewCallEntry): void;
}

/** A fault and the connection of the call it happens to, counted from 0; default the first. */
export type PlannedFault<T> = T & { readonly leg?: number };

/** Settings a test makes for all channels of a call. */
export interface CallPlan {
  readonly calleeFor: (endpoint: string) => CalleeScript;
  readonly legFaults: readonly PlannedFault<LegFault>[];
  readonly openingFaults: readonly PlannedFault<OpeningFault>[];
  /** Connections end with a reset in the place of a FIN. */
  readonly closesWithReset: boolean;
}

export interface ChannelOptions {
  readonly name: string;
  readonly uniqueId: string;
  readonly technology: string;
  readonly state: ChannelState;
  readonly dialplan: Dialplan;
  readonly journal: CallJournal;
  readonly plan: CallPlan;
  /** Told of every change. */
  readonly notify: (what: 'state' | 'hangup', channel: Channel) => void;
  readonly callerNumber: string;
  readonly callerName: string;
  /** The number that was dialled. */
  readonly dialled: string;
}

/** Runs a dialplan on a channel from a location on. */
export type PbxStart = (channel: Channel, at: DialplanLocation) => void;

/** The application that ran is over: its channel was hung up or redirected. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Cause of Q.850: normal clearing. */
export const NORMAL_CLEARING = 16;

/** One channel of Asterisk. */
export class Channel {
  readonly name: string;
  readonly uniqueId: string;
  readonly technology: string;
  readonly dialplan: Dialplan;
  readonly journal: CallJournal;
  readonly plan: CallPlan;
  readonly dialled: string;
  readonly variables: Variables;
  /** `context,extension,priority(args)`; the newest runs first. */
  readonly hangupHandlers: string[] = [];
  /** Counters of the relay connections of this channel. */
  readonly legs: LegLog[] = [];
  readonly curlOptions: { key: string; value: string }[] = [];
  /** Settles when the far side has answered, or was answered. */
  readonly answered: Promise<void>;
  /** Settles when the channel is hung up. */
  readonly gone: Promise<void>;
  /** Settles when a channel without dialplan of its own was redirected: its dial is over, it lives on. */
  readonly left: Promise<void>;
  private readonly notify: ChannelOptions['notify'];
  private readonly answeredSignal = Promise.withResolvers<void>();
  private readonly goneSignal = Promise.withResolvers<void>();
  private readonly leftSignal = Promise.withResolvers<void>();
  private readonly digitListeners = new Set<(digit: string) => void>();
  private interruption = Promise.withResolvers<void>();
  private isInterrupted = false;
  private pendingRedirect: DialplanLocation | null = null;
  private isDestroyed = false;
  /** Set by the maker of the channel. */
  far: FarSide | null = null;
  state: ChannelState;
  callerNumber: string;
  callerName: string;
  language = 'en';
  musicClass = 'default';
  hangupCause = 0;
  endedBy: CallEndCause | null = null;
  location: DialplanLocation | null = null;
  bridgedWith: Channel | null = null;
  /** A dialplan is running on it. */
  isRunning = false;
  /** The ARI application that holds it. */
  stasisApp: string | null = null;
  isHearingMusic = false;

  constructor(options: ChannelOptions) {
    this.name = options.name;
    this.uniqueId = options.uniqueId;
    this.technology = options.technology;
    this.state = options.state;
    this.dialplan = options.dialplan;
    this.journal = options.journal;
    this.plan = options.plan;
    this.notify = options.notify;
    this.callerNumber = options.callerNumber;
    this.callerName = options.callerName;
    this.dialled = options.dialled;
    this.variables = new Variables(options.dialplan.globals);
    this.answered = this.answeredSignal.promise;
    this.gone = this.goneSignal.promise;
    this.left = this.leftSignal.promise;
  }

  get isHungUp(): boolean {
    return this.endedBy !== null;
  }

  get isUp(): boolean {
    return this.state === 'Up';
  }

  /** Asterisk answers the far side. */
  answer(): void {
    if (this.isUp || this.isHungUp) return;
    this.cameUp();
    this.far?.answer();
  }

  /** The far side answers Asterisk. */
  farAnswered(): void {
    if (!this.isUp && !this.isHungUp) this.cameUp();
  }

  /** Hangs up, once; later causes change nothing. A running dialplan cleans up first. */
  hangUp(cause: number, by: CallEndCause): void {
    if (this.isHungUp) return;
    this.endedBy = by;
    if (this.hangupCause === 0) this.hangupCause = cause;
    this.goneSignal.resolve();
    this.interrupt();
    if (!this.isRunning) this.destroy();
  }

  /** Sends a channel to another place of its dialplan. Returns false when it is hung up. */
  redirect(location: DialplanLocation, startDialplan: PbxStart): boolean {
    if (this.isHungUp) return false;
    const { context, extension, priority } = location;
    this.journal.add({ kind: 'redirected', to: `${context},${extension},${priority}` });
    if (this.isRunning) {
      this.pendingRedirect = location;
      this.interrupt();
    } else {
      this.leftSignal.resolve();
      startDialplan(this, location);
    }
    return true;
  }

  /** Returns where the channel was sent, once, and lets it run there. */
  takeRedirect(): DialplanLocation | null {
    const location = this.pendingRedirect;
    this.pendingRedirect = null;
    this.renew();
    return location;
  }

  /** Lets a channel run on: after a redirect, or in its hangup handlers. */
  renew(): void {
    this.interruption = Promise.withResolvers<void>();
    this.isInterrupted = false;
  }

  /** Is no longer part of its dial: it was redirected in its routine. */
  leave(): void {
    this.leftSignal.resolve();
  }

  /** @throws Interrupted when the channel was hung up or redirected */
  mayGoOn(): void {
    if (this.isInterrupted) throw new Interrupted();
  }

  /** Waits for a promise. @throws Interrupted when the channel is hung up or redirected meanwhile */
  async until<T>(work: Promise<T>): Promise<T> {
    const interrupted = this.interruption.promise.then((): never => {
      throw new Interrupted();
    });
    const result = await Promise.race([interrupted, work]);
    this.mayGoOn();
    return result;
  }

  /** A key of the far side: it goes to the listeners, or across the bridge; else it is lost. */
  digitCame(digit: string): void {
    if (this.bridgedWith) return this.bridgedWith.far?.hearDigit(digit);
    for (const listener of [...this.digitListeners]) listener(digit);
  }

  /** Calls the listener with each key. Returns the function that stops it. */
  onDigit(listener: (digit: string) => void): () => void {
    this.digitListeners.add(listener);
    return () => this.digitListeners.delete(listener);
  }

  startMusic(musicClass = this.musicClass): void {
    this.isHearingMusic = true;
    this.far?.hear({ kind: 'music-started', musicClass });
  }

  stopMusic(): void {
    if (!this.isHearingMusic) return;
    this.isHearingMusic = false;
    this.far?.hear({ kind: 'music-stopped' });
  }

  /** Releases the far side, once. */
  destroy(): void {
    if (this.isDestroyed) return;
    this.isDestroyed = true;
    this.far?.hangUp(this.hangupCause);
    this.notify('hangup', this);
  }

  private interrupt(): void {
    this.isInterrupted = true;
    this.interruption.resolve();
  }

  private cameUp(): void {
    this.state = 'Up';
    this.answeredSignal.resolve();
    this.notify('state', this);
  }
}

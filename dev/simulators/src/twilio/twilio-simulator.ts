import { type Clock, seededRandom, systemClock } from '@tandem/kit';
import { INTERNET, type LinkSettings } from '../link/link.ts';
import { type AgentEarOptions, DEFAULT_EAR } from './audio/agent-ear.ts';
import { Ticker, type TickerStats } from './audio/ticker.ts';
import { SimulatedCall } from './call/simulated-call.ts';
import type { LegOptions } from './leg/call-handle.ts';
import type { CallReport } from './leg/call-report.ts';
import type { CallServices } from './leg/call-services.ts';
import { DEFAULT_CALLEE, type CalleeScript, type DialledParty } from './leg/callee.ts';
import { Exchange } from './leg/exchange.ts';
import { arriveSms, type ArrivingSms } from './messages/arriving-sms.ts';
import { DELIVERED, MessagesResource, type SentSms, type SmsFate } from './messages/messages-resource.ts';
import { OptOuts } from './messages/opt-outs.ts';
import type { PlaceCallOptions } from './leg/place-call-options.ts';
import { makeSid } from './reference/sids.ts';
import { DEFAULT_BEHAVIOUR, type UnverifiedBehaviour } from './reference/unverified-behaviour.ts';
import { CallsResource } from './rest/calls-resource.ts';
import { RestServer } from './rest/rest-server.ts';
import { faultsOf, type StreamFault, type StreamFaults } from './stream/stream-faults.ts';
import type { RequestBudget } from './webhook/connection-overrides.ts';
import type { FormFields, SharedKey } from './webhook/signature.ts';
import { WebhookClient, type WebhookOutcome } from './webhook/webhook-client.ts';
import type { Network } from './webhook/webhook-request.ts';

export interface TwilioSimulatorOptions {
  /** Signs webhooks and handshakes, and is the REST password of the account. */
  readonly authToken: string;
  /** Signs webhooks in place of the auth token, as a webhook rule has it. */
  readonly sharedKey?: SharedKey;
  /** Default: a random one. */
  readonly accountSid?: string;
  /** Further REST credentials: API key sid to secret. */
  readonly apiKeys?: Readonly<Record<string, string>>;
  /** REST server; default a free port on 127.0.0.1. */
  readonly host?: string;
  readonly port?: number;
  /**
   * TwiML, ringing and callee time runs this much faster than real time. Media stays at 8000 bytes a second.
   * Default 1.
   */
  readonly speed?: number;
  /** Returns the behaviour of a called party. Default: picks up after a second, stays for ten. */
  readonly callees?: (party: DialledParty) => CalleeScript;
  /** Starts of outbound REST calls a second, in simulated time. Default 1, as on a Twilio account. */
  readonly callsPerSecond?: number;
  /** Numbers of the account that can send text messages. Default: none. */
  readonly numbers?: readonly string[];
  /** Returns what the carrier reports of a message sent. Default: queued, sent, delivered. */
  readonly smsFate?: (sms: SentSms) => SmsFate;
  /** Maps a public URL to the address really connected to. Default: unchanged. */
  readonly route?: Network['route'];
  readonly tls?: Network['tls'];
  /** Timeouts and retries of webhooks whose URL does not set its own. Default: Twilio's. */
  readonly webhookBudget?: Partial<RequestBudget>;
  readonly behaviour?: Partial<UnverifiedBehaviour>;
  readonly ear?: Partial<AgentEarOptions>;
  readonly clock?: Clock;
  /**
   * Network between the carrier and the platform, for media, webhooks and the REST API. Default: {@link
   * INTERNET}.
   */
  readonly link?: LinkSettings;
  /** 0 to 1; for shuffles, delays and links. Default: seeded with 1. */
  readonly random?: () => number;
}

/** Twilio adds fields without notice; a receiver that lists fields by hand fails on this one. */
const UNANNOUNCED: FormFields = {
  StirVerstat: 'TN-Validation-Passed-A',
  SimulatedUnannouncedField: 'ignore me',
};
const ENDED_CALLS_KEPT = 1000;

/** One Twilio account in a process: places inbound calls, answers the REST API. Holds no global state. */
export class TwilioSimulator {
  readonly accountSid: string;
  readonly authToken: string;
  private readonly options: TwilioSimulatorOptions;
  private readonly services: CallServices;
  private readonly ticker: Ticker;
  private readonly rest: RestServer;
  private readonly messages: MessagesResource;
  private readonly optOuts = new OptOuts();
  private readonly calls = new Map<string, SimulatedCall>();
  private readonly endedSids: string[] = [];
  private readonly legListeners = new Set<(leg: SimulatedCall) => void>();
  private boundUrl: string | null = null;
  private isStopped = false;

  constructor(options: TwilioSimulatorOptions) {
    this.options = options;
    this.accountSid = options.accountSid ?? makeSid('AC');
    this.authToken = options.authToken;
    this.ticker = new Ticker(options.clock ?? systemClock);
    this.services = this.makeServices();
    this.messages = new MessagesResource(this.services, {
      numbers: options.numbers ?? [],
      fateOf: options.smsFate ?? (() => DELIVERED),
      optOuts: this.optOuts,
    });
    this.rest = new RestServer({
      accountSid: this.accountSid,
      credentials: new Map([[this.accountSid, options.authToken], ...Object.entries(options.apiKeys ?? {})]),
      link: this.services.link,
      clock: this.services.clock,
      random: this.services.random,
      messages: this.messages,
      calls: new CallsResource(this.services, (sid) => this.calls.get(sid), options.callsPerSecond ?? 1),
    });
  }

  /** Base URL of the REST API. Throws before `start`. */
  get apiBaseUrl(): string {
    if (this.boundUrl === null) throw new Error('The simulator has no address yet: call start() first.');
    return this.boundUrl;
  }

  /** All legs that have not ended. */
  get liveCalls(): readonly SimulatedCall[] {
    return [...this.calls.values()].filter((call) => !call.hasEnded);
  }

  get tickerStats(): TickerStats {
    return this.ticker.stats;
  }

  /** Opens the REST API. Placing inbound calls works without it. */
  async start(): Promise<void> {
    this.boundUrl = await this.rest.start(this.options.host ?? '127.0.0.1', this.options.port ?? 0);
  }

  /** Ends all calls, waits for their last callbacks, closes the REST API. */
  async stop(): Promise<void> {
    this.isStopped = true;
    const calls = [...this.calls.values()];
    for (const call of calls) call.end('simulator-stopped', call.isAnswered ? 'completed' : 'canceled');
    await Promise.all(calls.map((call) => call.ended));
    for (const call of calls) call.streams.terminate();
    if (this.boundUrl !== null) await this.rest.stop();
    await this.messages.settled();
    this.boundUrl = null;
  }

  /** Places an inbound call to one of our numbers. */
  placeCall(options: PlaceCallOptions): SimulatedCall {
    const {
      from,
      to,
      voiceUrl,
      voiceMethod = 'POST',
      onEvent,
      extraFields,
      streamFaults = [],
      ...rest
    } = options;
    const call = this.addLeg({
      ...rest,
      direction: 'inbound',
      from,
      to,
      extraFields: { ...UNANNOUNCED, ...extraFields },
    });
    if (onEvent) call.listen(onEvent);
    this.armFaults(call, streamFaults);
    call.announceRinging();
    call.begin({ kind: 'url', url: voiceUrl, method: voiceMethod, purpose: 'voice', fields: {} });
    return call;
  }

  /** Lets a text message of somebody arrive at one of our numbers. */
  receiveSms(sms: ArrivingSms): Promise<WebhookOutcome[]> {
    return arriveSms(this.services, this.optOuts, sms);
  }

  /** Text messages our application sent, the first one first. */
  get sentSms(): readonly SentSms[] {
    return this.messages.sent;
  }

  /** Settles once all reports about text messages are delivered. */
  smsReported(): Promise<void> {
    return this.messages.settled();
  }

  /** A leg by its CallSid; ended ones are kept for a while. */
  call(sid: string): SimulatedCall | undefined {
    return this.calls.get(sid);
  }

  /**
   * Calls the listener with every new leg: inbound, made by REST, made by `<Dial>`. Returns the function that
   * stops it.
   */
  onLeg(listener: (leg: SimulatedCall) => void): () => void {
    this.legListeners.add(listener);
    return () => this.legListeners.delete(listener);
  }

  /**
   * Settles with the reports of all legs known now, once all of them are over and their callbacks delivered.
   */
  allEnded(): Promise<CallReport[]> {
    return Promise.all([...this.calls.values()].map((call) => call.ended));
  }

  private makeServices(): CallServices {
    const {
      authToken,
      sharedKey,
      speed = 1,
      callees,
      tls = {},
      webhookBudget,
      random = seededRandom(1),
      clock = systemClock,
      link = INTERNET,
    } = this.options;
    const network: Network = { route: this.options.route ?? ((url) => url), tls };
    return {
      accountSid: this.accountSid,
      authToken,
      clock,
      ticker: this.ticker,
      ear: { ...DEFAULT_EAR, ...this.options.ear },
      network,
      webhooks: new WebhookClient({
        authToken,
        sharedKey,
        network,
        ...(webhookBudget && { budget: webhookBudget }),
      }),
      behaviour: { ...DEFAULT_BEHAVIOUR, ...this.options.behaviour },
      speed,
      link,
      random,
      exchange: new Exchange(),
      calleeFor: callees ?? (() => DEFAULT_CALLEE),
      addLeg: (options) => this.addLeg(options),
    };
  }

  private addLeg(options: LegOptions): SimulatedCall {
    if (this.isStopped) throw new Error('The simulator was stopped: it makes no more calls.');
    const leg = new SimulatedCall(this.services, options);
    this.calls.set(leg.sid, leg);
    void leg.ended.then(() => this.forgetOldest(leg.sid));
    for (const listener of this.legListeners) listener(leg);
    return leg;
  }

  private forgetOldest(endedSid: string): void {
    this.endedSids.push(endedSid);
    if (this.endedSids.length > ENDED_CALLS_KEPT) this.calls.delete(this.endedSids.shift() ?? '');
  }

  /** The faults happen to the first stream of the call. */
  private armFaults(call: SimulatedCall, faults: readonly StreamFault[]): void {
    if (faults.length === 0) return;
    let armed: StreamFaults | null = null;
    call.listen((entry) => {
      if (entry.kind === 'stream-ended') armed?.cancel();
      if (entry.kind !== 'stream-open' || armed || !call.stream) return;
      armed = faultsOf(call.stream, this.services.clock);
      for (const fault of faults) armed.add(fault);
    });
  }
}

import { codecByName, type Codec, SLIN } from '../audiosocket/codecs.ts';
import { isUuid } from '../audiosocket/frames.ts';
import { openLeg } from '../audiosocket/open-leg.ts';
import { openWebSocketLeg } from '../websocket/open-websocket-leg.ts';
import { CallJournal, type NewCallEntry } from '../call/call-journal.ts';
import { type Channel, type FarSide, NORMAL_CLEARING } from '../channel/channel.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import { readOptions } from '../dialplan/arguments.ts';
import { DialplanError } from '../dialplan/dialplan-error.ts';
import type { DialplanStep } from '../dialplan/dialplan.ts';

/** A party that is dialled: a channel that has not rung yet. */
export interface Peer {
  readonly channel: Channel;
  /** Begins to ring. */
  readonly call: () => void;
}

export interface PeerRequest {
  readonly technology: string;
  /** Behind `technology/`. */
  readonly resource: string;
  readonly requestor: Channel;
  readonly services: PbxServices;
  readonly step: DialplanStep;
}

/** Cause of Q.850 that `ast_request` gives for what it cannot make. */
const FAILURE = 38;

/** Makes the channel of a dialled party. Returns a hang-up cause when that cannot be. */
export async function makePeer(request: PeerRequest): Promise<Peer | number> {
  switch (request.technology) {
    case 'AudioSocket':
      return audioSocketPeer(request);
    case 'WebSocket':
      return webSocketPeer(request);
    case 'Local':
      return localPeer(request);
    case 'PJSIP':
    case 'SIP':
    case 'Queue':
      return personPeer(request);
    default:
      throw new DialplanError(request.step, `${request.technology}/ is not supported`);
  }
}

function personPeer({ technology, resource, requestor, services }: PeerRequest): Peer {
  const { plan, dialplan, callerNumber, callerName } = requestor;
  const [name = resource] = resource.split('/');
  const person = services.addCall({
    direction: 'outbound',
    technology,
    resource: name,
    from: callerNumber,
    fromName: callerName,
    to: `${technology}/${resource}`,
    dialplan,
    plan,
    isRecording: false,
  });
  person.channel.variables.inheritFrom(requestor.variables);
  const script = plan.calleeFor(`${technology}/${resource}`);
  return { channel: person.channel, call: () => person.ring(script) };
}

/** `AudioSocket/host:port/uuid/c(codec)`. The connection is made before the channel is. */
async function audioSocketPeer({ resource, requestor, services, step }: PeerRequest): Promise<Peer | number> {
  const [address = '', uuid = '', optionsText = ''] = resource.split('/');
  const codec = codecOf(optionsText, services, step);
  if (!isUuid(uuid)) {
    requestor.journal.add({ kind: 'error', detail: `AudioSocket/: failed to parse UUID '${uuid}'` });
    return FAILURE;
  }
  const leg = await openLeg(requestor, services, {
    form: 'channel',
    address,
    uuid,
    codec,
    onEnded: () => channel?.hangUp(NORMAL_CLEARING, 'application-failed'),
  });
  if (!leg) return FAILURE;
  const channel: Channel | undefined = relayChannel('AudioSocket', `${address}-${uuid}`, requestor, services);
  channel.far = {
    line: null,
    leg,
    answer: () => undefined,
    hangUp: () => leg.close('the channel was hung up'),
    hearDigit: (digit) => leg.sendDigit(digit),
    hear: () => undefined,
  };
  channel.variables.set('AUDIOSOCKET_UUID', uuid);
  channel.variables.set('AUDIOSOCKET_SERVICE', address);
  if (leg.hasEnded) channel.hangUp(NORMAL_CLEARING, 'application-failed');
  return { channel, call: () => channel.farAnswered() };
}

/**
 * `WebSocket/connection/c(codec)f(json)`. The connection is made before the channel is; passthrough and other
 * options are not supported.
 */
async function webSocketPeer({ resource, requestor, services, step }: PeerRequest): Promise<Peer | number> {
  const [connection = '', optionsText = ''] = resource.split('/');
  const options = readOptions(optionsText) ?? [];
  const valueOf = (wanted: string) => options.find(({ letter }) => letter === wanted)?.argument ?? '';
  const codec = codecByName(valueOf('c'));
  const isKnown = options.every(({ letter }) => letter === 'c' || letter === 'f');
  if (!codec || valueOf('f') !== 'json' || !isKnown)
    throw new DialplanError(step, `options "${optionsText}" of WebSocket/ are not supported`);
  const leg = await openWebSocketLeg(requestor, services, {
    connection,
    codec,
    onEnded: () => channel?.hangUp(NORMAL_CLEARING, 'application-failed'),
  });
  if (!leg) return FAILURE;
  const channel: Channel | undefined = relayChannel('WebSocket', connection, requestor, services);
  channel.far = {
    line: null,
    leg,
    answer: () => undefined,
    hangUp: () => leg.close('the channel was hung up'),
    hearDigit: (digit) => leg.sendDigit(digit),
    hear: () => undefined,
  };
  channel.variables.inheritFrom(requestor.variables);
  leg.open(channel.name, channel.uniqueId, channel.variables.listed());
  if (leg.hasEnded) channel.hangUp(NORMAL_CLEARING, 'application-failed');
  return { channel, call: () => channel.farAnswered() };
}

/** Makes the channel of a connection to a relay. */
function relayChannel(
  technology: 'AudioSocket' | 'WebSocket',
  resource: string,
  { dialplan, plan }: Channel,
  services: PbxServices,
): Channel {
  return services.channels.create({
    technology,
    resource,
    isWhole: technology === 'AudioSocket',
    state: 'Down',
    dialplan,
    journal: new CallJournal(services.clock),
    plan,
    callerNumber: '',
    callerName: '',
    dialled: '',
  });
}

function codecOf(optionsText: string, { release }: PbxServices, step: DialplanStep): Codec {
  // It would be the caller's codec, such as µ-law, under the type byte of linear audio.
  if (optionsText === '') throw new DialplanError(step, 'AudioSocket/ without c(codec) is not supported');
  const options = readOptions(optionsText);
  const [option, ...more] = options ?? [];
  if (option?.letter !== 'c' || option.argument === null || more.length > 0)
    throw new DialplanError(step, `options "${optionsText}" of AudioSocket/ are not supported`);
  const codec = codecByName(option.argument);
  if (!codec || (codec !== SLIN && !release.hasHighRates))
    throw new DialplanError(step, `there is no codec "${option.argument}" for AudioSocket/`);
  return codec;
}

/** One half of a Local channel: what its far side gets comes out at the other half. */
class LocalHalf implements FarSide {
  readonly line = null;
  readonly leg = null;
  other: Channel | null = null;

  answer(): void {
    this.other?.farAnswered();
  }

  hangUp(cause: number): void {
    this.other?.hangUp(cause, this.other.isUp ? 'hangup-by-party' : 'not-answered');
  }

  hearDigit(digit: string): void {
    this.other?.digitCame(digit);
  }

  hear(entry: NewCallEntry): void {
    this.other?.bridgedWith?.far?.hear(entry);
  }
}

/** `Local/extension@context[/n]`: runs the dialplan where it exists; else the callee of the test answers. */
function localPeer(request: PeerRequest): Peer | number {
  const { resource, requestor, services } = request;
  const [target = ''] = resource.split('/');
  const [extension = '', context = 'default'] = target.split('@');
  if (!requestor.dialplan.hasContext(context)) return personPeer(request);
  if (!requestor.dialplan.step({ context, extension, priority: 1 })) return FAILURE;
  const half = (number: 1 | 2): Channel =>
    services.channels.create({
      technology: 'Local',
      resource: `${target};${number}`,
      state: number === 1 ? 'Down' : 'Ring',
      dialplan: requestor.dialplan,
      journal: new CallJournal(services.clock),
      plan: requestor.plan,
      callerNumber: requestor.callerNumber,
      callerName: requestor.callerName,
      dialled: extension,
    });
  const [first, second] = [half(1), half(2)];
  const [firstFar, secondFar] = [new LocalHalf(), new LocalHalf()];
  first.far = firstFar;
  second.far = secondFar;
  firstFar.other = second;
  secondFar.other = first;
  first.variables.inheritFrom(requestor.variables);
  second.variables.inheritFrom(requestor.variables);
  return {
    channel: first,
    call: () => services.startDialplan(second, { context, extension, priority: 1 }),
  };
}

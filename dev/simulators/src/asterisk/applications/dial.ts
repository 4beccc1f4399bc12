import { bridge } from '../channel/bridge.ts';
import type { Channel } from '../channel/channel.ts';
import { NORMAL_CLEARING } from '../channel/channel.ts';
import { type PbxServices, simulatedSleep } from '../channel/pbx-services.ts';
import { readOptions, splitArguments } from '../dialplan/arguments.ts';
import { DialplanError } from '../dialplan/dialplan-error.ts';
import type { DialplanStep } from '../dialplan/dialplan.ts';
import { type Application, type ApplicationContext, NEXT, type Step } from './application.ts';
import { makePeer, type Peer } from './peers.ts';

interface DialOptions {
  /** `g`: the caller goes on when the dialled party hangs up. */
  readonly goesOn: boolean;
  /** `m`: music in the place of ringing; its class, or empty. */
  readonly music: string | null;
  /** `U`: a routine that the dialled party runs before it is connected. */
  readonly routine: string | null;
}

interface DialRequest {
  readonly endpoints: readonly string[];
  readonly timeoutMs: number | null;
  readonly options: DialOptions;
}

function readDial(args: string, { step }: ApplicationContext): DialRequest {
  const [targets = '', timeout = '', optionsText = ''] = splitArguments(args);
  return {
    endpoints: targets.split('&').filter((target) => target !== ''),
    timeoutMs: Number(timeout) > 0 ? Number(timeout) * 1000 : null,
    options: readDialOptions(optionsText, step),
  };
}

function readDialOptions(text: string, step: DialplanStep): DialOptions {
  const letters = readOptions(text);
  const unknown = letters?.find(({ letter }) => !'gmrU'.includes(letter));
  if (!letters || unknown)
    throw new DialplanError(step, `option "${unknown?.letter ?? text}" of Dial() is not supported`);
  const option = (wanted: string) => letters.find(({ letter }) => letter === wanted);
  const music = option('m');
  return {
    goesOn: option('g') !== undefined,
    music: music ? (music.argument ?? '') : null,
    routine: option('U')?.argument ?? null,
  };
}

const RESULTS = ['DIALSTATUS', 'DIALEDPEERNAME', 'DIALEDPEERNUMBER', 'ANSWEREDTIME', 'DIALEDTIME'] as const;

/** `Dial(technology/resource[&…][,timeout[,options]])`. */
export const dial: Application = async (args, context) => {
  const { channel } = context;
  const request = readDial(args, context);
  for (const name of RESULTS) channel.variables.set(name, '');
  const peers = await requestPeers(request, context);
  if (peers.length === 0) return finish(channel, 'CHANUNAVAIL');
  try {
    const answered = await ringAll(peers, request, context);
    if (typeof answered === 'string') return finish(channel, answered);
    for (const peer of peers) if (peer.channel !== answered) release(peer.channel);
    return await connect(answered, request.options, context);
  } catch (error) {
    if (channel.variables.get('DIALSTATUS') === '') channel.variables.set('DIALSTATUS', 'CANCEL');
    throw error;
  } finally {
    for (const peer of peers) release(peer.channel);
  }
};

/** `Queue(name[,options[,URL[,announcement[,timeout]]]])`, with one member: the callee `Queue/name`. */
export const queue: Application = async (args, context) => {
  const [name = '', , , , timeout = ''] = splitArguments(args);
  const result = await dial(`Queue/${name},${timeout},m`, context);
  const { variables } = context.channel;
  const status = variables.get('DIALSTATUS') === 'ANSWER' ? '' : 'TIMEOUT';
  variables.set('QUEUESTATUS', status);
  return result;
};

function finish(channel: Channel, status: string): Step {
  channel.variables.set('DIALSTATUS', status);
  channel.journal.add({ kind: 'dial-ended', status });
  return NEXT;
}

async function requestPeers({ endpoints }: DialRequest, context: ApplicationContext): Promise<Peer[]> {
  const { channel, services, step } = context;
  const peers: Peer[] = [];
  for (const endpoint of endpoints) {
    const at = endpoint.indexOf('/');
    if (at < 1) throw new DialplanError(step, `"${endpoint}" is not technology/resource`);
    const [technology, resource] = [endpoint.slice(0, at), endpoint.slice(at + 1)];
    const peer = await makePeer({ technology, resource, requestor: channel, services, step });
    if (typeof peer === 'number') {
      channel.hangupCause = peer;
      continue;
    }
    channel.journal.add({ kind: 'dialling', to: endpoint, channel: peer.channel.name });
    services.events.emit({ kind: 'dial-begin', channel, peer: peer.channel, to: resource });
    peers.push(peer);
  }
  return peers;
}

/** Rings until one party answers. Returns the status when none does. */
async function ringAll(
  peers: readonly Peer[],
  { timeoutMs, options }: DialRequest,
  { channel, services }: ApplicationContext,
): Promise<Channel | string> {
  if (options.music !== null) channel.startMusic(options.music === '' ? undefined : options.music);
  for (const peer of peers) peer.call();
  const answers = peers.map(({ channel: peer }) => peer.answered.then(() => peer));
  const allGone = Promise.all(peers.map(({ channel: peer }) => Promise.race([peer.gone, peer.left])));
  const patience = timeoutMs === null ? null : simulatedSleep(services, timeoutMs);
  try {
    const answered = await channel.until(
      Promise.race([
        ...answers,
        allGone.then(() => statusOf(peers)),
        ...(patience ? [patience.over.then(() => 'NOANSWER')] : []),
      ]),
    );
    if (typeof answered !== 'string') return answered;
    for (const { channel: peer } of peers) {
      if (peer.isHungUp) channel.hangupCause = peer.hangupCause;
      endDial(channel, peer, answered, services);
    }
    return answered;
  } finally {
    patience?.timer.cancel();
    channel.stopMusic();
  }
}

/** Hang-up causes of Q.850 as Dial() counts them (`handle_cause` in apps/app_dial.c). */
const NO_ANSWER_CAUSES: ReadonlySet<number> = new Set([16, 19]);

function statusOf(peers: readonly Peer[]): string {
  const causes = peers.map(({ channel }) => channel.hangupCause);
  if (causes.includes(17)) return 'BUSY';
  if (causes.includes(34)) return 'CONGESTION';
  return causes.every((cause) => NO_ANSWER_CAUSES.has(cause)) ? 'NOANSWER' : 'CHANUNAVAIL';
}

function endDial(channel: Channel, peer: Channel, status: string, services: PbxServices): void {
  services.events.emit({ kind: 'dial-end', channel, peer, status });
}

/** The dialled party has picked up: its routine, then the bridge. */
async function connect(peer: Channel, options: DialOptions, context: ApplicationContext): Promise<Step> {
  const { channel, services } = context;
  channel.variables.set('DIALSTATUS', 'ANSWER');
  channel.variables.set('DIALEDPEERNAME', peer.name);
  if (options.routine !== null) {
    const refusal = await whisper(peer, options.routine, context);
    // The caller may have gone meanwhile; nobody looks before the routine is over.
    channel.mayGoOn();
    if (refusal !== null) return afterRefusal(refusal, peer, options, context);
  }
  endDial(channel, peer, 'ANSWER', services);
  channel.answer();
  const sinceMs = services.clock.now();
  try {
    await bridge(channel, peer);
  } finally {
    const seconds = ((services.clock.now() - sinceMs) * services.speed) / 1000;
    channel.variables.set('ANSWEREDTIME', String(Math.floor(seconds)));
  }
  channel.journal.add({ kind: 'dial-ended', status: 'ANSWER' });
  return options.goesOn ? NEXT : { kind: 'hangup', by: 'dial-ended' };
}

/** Runs the routine of option `U`. Returns its refusal; null when the party may be connected. */
async function whisper(peer: Channel, routine: string, context: ApplicationContext): Promise<string | null> {
  const { run, step } = context;
  const [name = '', ...args] = routine.split('^');
  const target = `${name},s,1${args.length > 0 ? `(${args.join(',')})` : ''}`;
  if (peer.dialplan.priority(name, 's', '1') === null)
    throw new DialplanError(step, `there is no routine "${name}"`);
  peer.variables.set('GOSUB_RESULT', '');
  // One who hangs up in the routine counts as connected and gone (22.10.1).
  if (!(await run.routineOn(peer, target))) return null;
  const result = peer.variables.get('GOSUB_RESULT');
  if (result === '') return null;
  context.channel.variables.set('GOSUB_RETVAL', peer.variables.get('GOSUB_RETVAL'));
  return REFUSALS.test(result) ? result : null;
}

/** Values of GOSUB_RESULT that keep the dialled party from the caller. */
const REFUSALS = /^(?:BUSY|CONGESTION|CHANUNAVAIL|CONTINUE|ABORT|GOTO:.*)$/i;

function afterRefusal(
  refusal: string,
  peer: Channel,
  options: DialOptions,
  { channel, services, run, step }: ApplicationContext,
): Step {
  const result = refusal.toUpperCase();
  const isStatus = ['BUSY', 'CONGESTION', 'CHANUNAVAIL'].includes(result);
  endDial(channel, peer, isStatus ? result : 'ANSWER', services);
  if (isStatus) channel.variables.set('DIALSTATUS', result);
  channel.journal.add({ kind: 'dial-ended', status: channel.variables.get('DIALSTATUS') });
  if (result.startsWith('GOTO:'))
    return { kind: 'goto', location: run.target(refusal.slice(5).replaceAll('^', ','), step) };
  const goesOn = isStatus || result === 'CONTINUE' || options.goesOn;
  return goesOn ? NEXT : { kind: 'hangup', by: 'dial-ended' };
}

/** Hangs up a dialled party, unless it was sent elsewhere meanwhile. */
function release(peer: Channel): void {
  if (peer.isRunning && !peer.isHungUp) return;
  peer.hangUp(NORMAL_CLEARING, peer.isUp ? 'dial-ended' : 'not-answered');
}

import { readOptions, splitArguments } from '../dialplan/arguments.ts';
import { DialplanError } from '../dialplan/dialplan-error.ts';
import { type PbxServices, simulatedSleep, sleepOn } from '../channel/pbx-services.ts';
import type { Channel } from '../channel/channel.ts';
import { type Application, NEXT, type Step } from './application.ts';
import type { DialplanLocation, DialplanStep } from '../dialplan/dialplan.ts';

/** Time without a key that is waited for when none is given, in simulated seconds. */
const READ_S = 10;
const MOST_DIGITS = 255;
/** Time after which an extension of several digits is complete, in simulated ms. */
const DIGIT_MS = 5_000;

const playback: Application = async (args, { channel, services, step }) => {
  const [sounds = '', options = ''] = splitArguments(args);
  if (sounds === '') throw new DialplanError(step, 'Playback() needs a sound');
  if (!['', 'noanswer'].includes(options))
    throw new DialplanError(step, `option "${options}" is not supported`);
  if (options === '') channel.answer();
  let isMissing = false;
  for (const sound of sounds.split('&')) {
    const lengthMs = services.soundMs(sound);
    channel.far?.hear({ kind: 'played', sound, isMissing: lengthMs === null });
    if (lengthMs === null) isMissing = true;
    else await sleepOn(channel, services, lengthMs);
  }
  channel.variables.set('PLAYBACKSTATUS', isMissing ? 'FAILED' : 'SUCCESS');
  return NEXT;
};

/** `SayNumber(number)`: the far side hears `digits/<number>`. */
const sayNumber: Application = async (args, { channel, services, step }) => {
  if (!/^\d{1,9}$/.test(args)) throw new DialplanError(step, `SayNumber(${args}) is not supported`);
  channel.answer();
  const sound = `digits/${args}`;
  const lengthMs = services.soundMs(sound);
  channel.far?.hear({ kind: 'played', sound, isMissing: lengthMs === null });
  if (lengthMs !== null) await sleepOn(channel, services, lengthMs);
  return NEXT;
};

interface KeyWait {
  /** Tells whether these keys are all that is waited for. */
  readonly isEnough: (keys: string) => boolean;
  readonly firstMs: number;
  readonly betweenMs: number;
}

/** Collects keys until they are enough, or `#`, or none comes for `betweenMs`. */
async function collect(
  channel: Channel,
  services: PbxServices,
  { isEnough, firstMs, betweenMs }: KeyWait,
): Promise<{ readonly keys: string; readonly isComplete: boolean }> {
  let keys = '';
  let isOver = false;
  let pressed = Promise.withResolvers<'key'>();
  const stop = channel.onDigit((digit) => {
    if (isOver) return;
    if (digit !== '#') keys += digit;
    isOver = digit === '#' || isEnough(keys);
    pressed.resolve('key');
  });
  channel.far?.hear({ kind: 'reading-keys', forMs: firstMs });
  try {
    for (let patienceMs = firstMs; !isOver; patienceMs = betweenMs) {
      const { over, timer } = simulatedSleep(services, patienceMs);
      const what = await channel.until(Promise.race([over, pressed.promise])).finally(() => timer.cancel());
      if (what !== 'key') break;
      pressed = Promise.withResolvers<'key'>();
    }
    return { keys, isComplete: isOver };
  } finally {
    stop();
  }
}

interface ReadRequest {
  readonly variable: string;
  readonly sound: string;
  readonly digits: number;
  readonly attempts: number;
  readonly waitMs: number;
}

function readRequest(args: string, step: DialplanStep): ReadRequest {
  const [variable = '', sound = '', digits, options = '', attempts, timeout] = splitArguments(args);
  if (!/^\w+$/.test(variable)) throw new DialplanError(step, `Read() needs a variable, not "${variable}"`);
  if (options !== '') throw new DialplanError(step, `option "${options}" of Read() is not supported`);
  return {
    variable,
    sound,
    digits: positive(digits) ?? MOST_DIGITS,
    attempts: positive(attempts) ?? 1,
    waitMs: (positive(timeout) ?? READ_S) * 1000,
  };
}

function positive(text: string | undefined): number | null {
  const value = Number(text);
  return value > 0 ? value : null;
}

/** `Read(variable[,sound[,digits[,options[,attempts[,timeout]]]]])`: a key ends the sound. */
const read: Application = async (args, { channel, services, step }) => {
  const { variable, sound, digits, attempts, waitMs } = readRequest(args, step);
  channel.answer();
  let result = { keys: '', isComplete: false };
  for (let attempt = 0; attempt < attempts && result.keys === ''; attempt += 1) {
    const lengthMs = sound === '' ? 0 : services.soundMs(sound);
    if (sound !== '') channel.far?.hear({ kind: 'played', sound, isMissing: lengthMs === null });
    // Without its sound it does not wait for a key (22.10.1).
    if (lengthMs === null) return done(channel, variable, '', 'ERROR');
    const firstMs = lengthMs + waitMs;
    const isEnough = (keys: string) => keys.length >= digits;
    result = await collect(channel, services, { isEnough, firstMs, betweenMs: waitMs });
  }
  return done(channel, variable, result.keys, result.isComplete ? 'OK' : 'TIMEOUT');
};

function done({ variables }: Channel, variable: string, keys: string, status: string): Step {
  variables.set(variable, keys);
  variables.set('READSTATUS', status);
  return NEXT;
}

/** `WaitExten([seconds[,m(class)]])`: a key jumps to the extension of that name in this context. */
const waitForExtension: Application = async (args, { channel, services, step }) => {
  const [seconds, optionsText = ''] = splitArguments(args);
  const options = readOptions(optionsText);
  if (!options || options.some(({ letter }) => letter !== 'm'))
    throw new DialplanError(step, `options "${optionsText}" of WaitExten() are not supported`);
  const [music] = options;
  if (music) channel.startMusic(music.argument ?? undefined);
  const extension = await collectExtension(channel, services, (positive(seconds) ?? READ_S) * 1000);
  if (music) channel.stopMusic();
  return extension === '' ? afterSilence(channel) : jumpTo(extension, channel);
};

async function collectExtension(channel: Channel, services: PbxServices, firstMs: number): Promise<string> {
  const context = channel.location?.context ?? '';
  const isEnough = (keys: string) => !channel.dialplan.canGoOn(context, keys);
  return (await collect(channel, services, { isEnough, firstMs, betweenMs: DIGIT_MS })).keys;
}

function jumpTo(extension: string, channel: Channel): Step {
  const place = placeOf(extension, channel);
  if (place) return { kind: 'goto', location: place };
  channel.variables.set('INVALID_EXTEN', extension);
  return orHangUp(placeOf('i', channel));
}

/** Without a key the next priority follows; without one the extension `t`. */
function afterSilence(channel: Channel): Step {
  const here = channel.location;
  if (here && channel.dialplan.step({ ...here, priority: here.priority + 1 })) return NEXT;
  return orHangUp(placeOf('t', channel));
}

function placeOf(extension: string, { dialplan, location }: Channel): DialplanLocation | null {
  const place = { context: location?.context ?? '', extension, priority: 1 };
  return dialplan.step(place) ? place : null;
}

function orHangUp(location: DialplanLocation | null): Step {
  return location ? { kind: 'goto', location } : { kind: 'hangup', by: 'dialplan-end' };
}

const startMusic: Application = (args, { channel }) => {
  channel.startMusic(args === '' ? undefined : args);
  return NEXT;
};

const stopMusic: Application = (_args, { channel }) => {
  channel.stopMusic();
  return NEXT;
};

/** `MusicOnHold([class[,seconds]])`. */
const musicOnHold: Application = async (args, { channel, services }) => {
  const [musicClass = '', seconds = ''] = splitArguments(args);
  channel.startMusic(musicClass === '' ? undefined : musicClass);
  if (Number(seconds) > 0) await sleepOn(channel, services, Number(seconds) * 1000);
  else await channel.until(channel.gone);
  channel.stopMusic();
  return NEXT;
};

/** Sounds, music and keys. */
export const SOUND_APPLICATIONS: Readonly<Record<string, Application>> = {
  playback,
  saynumber: sayNumber,
  read,
  waitexten: waitForExtension,
  startmusiconhold: startMusic,
  stopmusiconhold: stopMusic,
  musiconhold: musicOnHold,
};

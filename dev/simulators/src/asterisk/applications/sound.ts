import { readOptions, splitArguments } from '../dialplan/arguments.ts';
import { DialplanError } from '../dialplan/dialplan-error.ts';
import { type PbxServices, simulatedSleep, sleepOn } from '../channel/pbx-services.ts';
import type { Channel } from '../channel/channel.ts';
import { type Application, NEXT } from './application.ts';

/** Time without a key that `Read()` waits for when it is given none, in simulated ms. */
const READ_MS = 10_000;
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

/** Collects keys until there are `digits`, or `#`, or none for `betweenMs`. */
async function collect(
  channel: Channel,
  services: PbxServices,
  { digits, firstMs, betweenMs }: { digits: number; firstMs: number; betweenMs: number },
): Promise<{ readonly keys: string; readonly isComplete: boolean }> {
  let keys = '';
  let pressed = Promise.withResolvers<'key'>();
  let isOver = false;
  const stop = channel.onDigit((digit) => {
    if (isOver) return;
    if (digit === '#') isOver = true;
    else keys += digit;
    if (keys.length >= digits) isOver = true;
    pressed.resolve('key');
  });
  channel.far?.hear({ kind: 'reading-keys', forMs: firstMs });
  try {
    let patienceMs = firstMs;
    while (!isOver) {
      const { over, timer } = simulatedSleep(services, patienceMs);
      try {
        const what = await channel.until(Promise.race([over, pressed.promise]));
        if (what !== 'key') return { keys, isComplete: false };
      } finally {
        timer.cancel();
      }
      pressed = Promise.withResolvers<'key'>();
      patienceMs = betweenMs;
    }
    return { keys, isComplete: true };
  } finally {
    stop();
  }
}

/** `Read(variable[,sound[,digits[,options[,attempts[,timeout]]]]])`: a key ends the sound. */
const read: Application = async (args, { channel, services, step }) => {
  const [variable = '', sound = '', digitsText = '', options = '', attemptsText = '', timeoutText = ''] =
    splitArguments(args);
  if (!/^\w+$/.test(variable)) throw new DialplanError(step, `Read() needs a variable, not "${variable}"`);
  if (options !== '') throw new DialplanError(step, `option "${options}" of Read() is not supported`);
  channel.answer();
  channel.variables.set('READSTATUS', 'ERROR');
  const digits = Number(digitsText) > 0 ? Number(digitsText) : 255;
  const waitMs = Number(timeoutText) > 0 ? Number(timeoutText) * 1000 : READ_MS;
  let result = { keys: '', isComplete: false };
  for (let attempts = Math.max(1, Number(attemptsText)); attempts > 0 && result.keys === ''; attempts -= 1) {
    const lengthMs = sound === '' ? 0 : services.soundMs(sound);
    if (sound !== '') channel.far?.hear({ kind: 'played', sound, isMissing: lengthMs === null });
    result = await collect(channel, services, {
      digits,
      firstMs: (lengthMs ?? 0) + waitMs,
      betweenMs: waitMs,
    });
  }
  channel.variables.set(variable, result.keys);
  channel.variables.set('READSTATUS', result.isComplete ? 'OK' : 'TIMEOUT');
  return NEXT;
};

/** `WaitExten([seconds[,m(class)]])`: a key jumps to the extension of that name in this context. */
const waitForExtension: Application = async (args, { channel, services, step }) => {
  const [secondsText = '', optionsText = ''] = splitArguments(args);
  const options = readOptions(optionsText);
  if (!options || options.some(({ letter }) => letter !== 'm'))
    throw new DialplanError(step, `options "${optionsText}" of WaitExten() are not supported`);
  const music = options[0];
  if (music) channel.startMusic(music.argument ?? undefined);
  const context = channel.location?.context ?? '';
  const firstMs = Number(secondsText) > 0 ? Number(secondsText) * 1000 : READ_MS;
  let extension = '';
  do {
    const betweenMs = extension === '' ? firstMs : DIGIT_MS;
    const { keys } = await collect(channel, services, { digits: 1, firstMs: betweenMs, betweenMs });
    if (keys === '') break;
    extension += keys;
  } while (channel.dialplan.canGoOn(context, extension));
  if (music) channel.stopMusic();
  const { dialplan } = channel;
  const at = (name: string) => ({ context, extension: name, priority: 1 });
  if (extension !== '') {
    const location = dialplan.step(at(extension)) ? at(extension) : at('i');
    if (location.extension === 'i') channel.variables.set('INVALID_EXTEN', extension);
    return dialplan.step(location) ? { kind: 'goto', location } : { kind: 'hangup', by: 'dialplan-end' };
  }
  const here = channel.location;
  if (here && dialplan.step({ ...here, priority: here.priority + 1 })) return NEXT;
  return dialplan.step(at('t'))
    ? { kind: 'goto', location: at('t') }
    : { kind: 'hangup', by: 'dialplan-end' };
};

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
  read,
  waitexten: waitForExtension,
  startmusiconhold: startMusic,
  stopmusiconhold: stopMusic,
  musiconhold: musicOnHold,
};

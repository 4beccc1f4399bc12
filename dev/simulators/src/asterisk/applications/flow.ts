import { splitArguments } from '../dialplan/arguments.ts';
import { DialplanError } from '../dialplan/dialplan-error.ts';
import { writeFunction } from '../functions/function-table.ts';
import { simulatedSleep, sleepOn } from '../channel/pbx-services.ts';
import { type Application, type ApplicationContext, NEXT, type Step } from './application.ts';

const answer: Application = (_args, { channel }) => {
  channel.answer();
  return NEXT;
};

/** `Set(name=value)` or `Set(FUNCTION(args)=value)`. */
const set: Application = (args, context) => {
  const at = args.indexOf('=');
  if (at < 1) throw new DialplanError(context.step, `Set() needs name=value, not "${args}"`);
  const name = args.slice(0, at).trim();
  const value = args.slice(at + 1);
  const call = /^(\w+)\((.*)\)$/s.exec(name);
  if (call) writeFunction(call[1] ?? '', call[2] ?? '', value, context);
  else if (/^\w+$/.test(name)) context.channel.variables.set(name, value);
  else throw new DialplanError(context.step, `"${name}" is not the name of a variable`);
  return NEXT;
};

const goTo: Application = (args, { run, step }) => ({ kind: 'goto', location: run.target(args, step) });

/** Chooses from `condition?yes:no`; null for neither. A label may hold parentheses with colons. */
function branch(args: string, { step }: ApplicationContext): string | null {
  const at = args.indexOf('?');
  if (at < 0) throw new DialplanError(step, `a "?" is missing in "${args}"`);
  const condition = args.slice(0, at).trim();
  const labels = args.slice(at + 1);
  const colon = colonOutside(labels);
  const yes = colon < 0 ? labels : labels.slice(0, colon);
  const no = colon < 0 ? '' : labels.slice(colon + 1);
  const chosen = (condition !== '' && condition !== '0' ? yes : no).trim();
  return chosen === '' ? null : chosen;
}

/** Returns where the first colon outside of parentheses is; -1 without one. */
function colonOutside(text: string): number {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    else if (text[at] === ')') depth -= 1;
    else if (text[at] === ':' && depth === 0) return at;
  }
  return -1;
}

const goToIf: Application = (args, context) => {
  const label = branch(args, context);
  return label === null ? NEXT : goTo(label, context);
};

const goSub: Application = (args, { run, step }) => {
  const match = /^([^(]*)(?:\((.*)\))?$/s.exec(args);
  const location = run.target(match?.[1] ?? '', step);
  run.enterRoutine(splitArguments(match?.[2] ?? ''), step);
  return { kind: 'goto', location };
};

const goSubIf: Application = (args, context) => {
  const label = branch(args, context);
  return label === null ? NEXT : goSub(label, context);
};

const goBack: Application = (args, { channel, run, step }) => {
  const location = run.leaveRoutine(step);
  channel.variables.set('GOSUB_RETVAL', args);
  return location ? { kind: 'goto', location } : { kind: 'returned' };
};

/** `ExecIf(condition?application(args):application(args))`. */
const executeIf: Application = (args, context) => {
  const chosen = branch(args, context);
  if (chosen === null) return NEXT;
  const match = /^(\w+)\s*(?:\((.*)\))?$/s.exec(chosen);
  if (!match) throw new DialplanError(context.step, `"${chosen}" is not an application`);
  return context.run.execute(match[1] ?? '', match[2] ?? '', context.step);
};

const wait: Application = async (args, { channel, services, step }) => {
  const seconds = Number(args);
  if (!(seconds >= 0)) throw new DialplanError(step, `Wait() needs seconds, not "${args}"`);
  await sleepOn(channel, services, seconds * 1000);
  return NEXT;
};

/** `System(sleep n)`: the only command. It is a process of its own, so a hang-up does not end it. */
const system: Application = async (args, { channel, services, step }) => {
  const seconds = /^sleep (\d{1,3})$/.exec(args)?.[1];
  if (seconds === undefined) throw new DialplanError(step, `System(${args}) is not supported`);
  await simulatedSleep(services, Number(seconds) * 1000).over;
  channel.variables.set('SYSTEMSTATUS', 'SUCCESS');
  return NEXT;
};

const hangUp: Application = (args, { channel }): Step => {
  if (/^\d+$/.test(args)) channel.hangupCause = Number(args);
  return { kind: 'hangup', by: 'dialplan-hangup' };
};

/** Plays a tone until the timeout, or until the far side hangs up. */
function refusal(name: 'busy' | 'congestion', cause: number | null): Application {
  return async (args, { channel, services }) => {
    if (cause !== null) channel.hangupCause = cause;
    channel.far?.hear({ kind: 'tone', name });
    if (Number(args) > 0) await sleepOn(channel, services, Number(args) * 1000);
    else await channel.until(channel.gone);
    return { kind: 'hangup', by: 'dialplan-hangup' };
  };
}

const nothing: Application = () => NEXT;

/** Answering, variables, jumps, routines and the end of a call. */
export const FLOW_APPLICATIONS: Readonly<Record<string, Application>> = {
  answer,
  set,
  noop: nothing,
  progress: nothing,
  ringing: nothing,
  goto: goTo,
  gotoif: goToIf,
  gosub: goSub,
  gosubif: goSubIf,
  return: goBack,
  execif: executeIf,
  wait,
  system,
  hangup: hangUp,
  busy: refusal('busy', 17),
  congestion: refusal('congestion', null),
};

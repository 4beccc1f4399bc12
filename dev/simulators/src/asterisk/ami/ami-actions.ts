import { NORMAL_CLEARING, type Channel } from '../channel/channel.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import { channelVariable } from '../dialplan/dialplan-run.ts';
import type { AmiAction } from './ami-message.ts';

/** An answer: success or error, its message, and further lines. */
export interface AmiAnswer {
  readonly isError?: boolean;
  readonly message?: string;
  readonly fields?: readonly (readonly [string, string])[];
}

/** Makes a call that AMI asked for. Returns whether it could be begun. */
export type Originate = (action: AmiAction) => boolean;

interface ActionContext {
  readonly services: PbxServices;
  readonly originate: Originate;
}

type Perform = (action: AmiAction, context: ActionContext) => AmiAnswer;

const done = (message: string): AmiAnswer => ({ message });
const refused = (message: string): AmiAnswer => ({ isError: true, message });
const given = (action: AmiAction, name: string) => action.get(name) ?? '';

/** `Redirect`: faults are told in the order in which Asterisk looks (main/manager.c). */
const redirect: Perform = (action, { services }) => {
  const [name, context, extension, priority] = ['channel', 'context', 'exten', 'priority'].map((field) =>
    given(action, field),
  ) as [string, string, string, string];
  if (name === '') return refused('Channel not specified');
  if (context === '') return refused('Context not specified');
  if (extension === '') return refused('Exten not specified');
  if (priority === '') return refused('Priority not specified');
  if (!/^[1-9]\d*$/.test(priority)) return refused('Priority is invalid');
  const channel = services.channels.find(name);
  if (!channel) return refused(`Channel does not exist: ${name}`);
  const location = { context, extension, priority: Number(priority) };
  const isSent = channel.redirect(location, (sent, at) => services.startDialplan(sent, at));
  return isSent ? done('Redirect successful') : refused('Redirect failed, channel not up.');
};

const hangUp: Perform = (action, { services }) => {
  const name = given(action, 'channel');
  if (name === '') return refused('No channel specified');
  const channel = services.channels.find(name);
  if (!channel) return refused('No such channel');
  const cause = Number(given(action, 'cause'));
  channel.hangUp(cause > 0 ? cause : NORMAL_CLEARING, 'manager');
  return done('Channel Hungup');
};

const playDigit: Perform = (action, { services }) => {
  const channel = services.channels.find(given(action, 'channel'));
  if (!channel) return refused('Channel not found');
  const digit = given(action, 'digit');
  if (digit === '') return refused('No digit specified');
  channel.far?.hearDigit(digit.slice(0, 1));
  return done('DTMF successfully queued');
};

/** Without a channel the variable is a global one, of which there are none to read here. */
function found(action: AmiAction, services: PbxServices): Channel | AmiAnswer {
  if (given(action, 'variable') === '') return refused('No variable specified');
  return services.channels.find(given(action, 'channel')) ?? refused('No such channel');
}

const getVariable: Perform = (action, { services }) => {
  const channel = found(action, services);
  if (!('variables' in channel)) return channel;
  const name = given(action, 'variable');
  return {
    fields: [
      ['Variable', name],
      ['Value', channelVariable(name, channel, services)],
    ],
  };
};

const setVariable: Perform = (action, { services }) => {
  const channel = found(action, services);
  if (!('variables' in channel)) return channel;
  channel.variables.set(given(action, 'variable'), given(action, 'value'));
  return done('Variable Set');
};

const originate: Perform = (action, context) => {
  if (given(action, 'channel') === '') return refused('Channel not specified');
  if (given(action, 'async').toLowerCase() !== 'true') return refused('Originate failed');
  return context.originate(action)
    ? done('Originate successfully queued')
    : refused('Extension does not exist.');
};

/** The actions of AMI the simulator knows, by lower-case name. */
export const AMI_ACTIONS: ReadonlyMap<string, Perform> = new Map([
  ['redirect', redirect],
  ['hangup', hangUp],
  ['playdtmf', playDigit],
  ['getvar', getVariable],
  ['setvar', setVariable],
  ['originate', originate],
  ['ping', () => ({ fields: [['Ping', 'Pong']] })],
]);

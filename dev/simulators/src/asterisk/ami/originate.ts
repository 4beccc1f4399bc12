import type { CallPlan, Channel } from '../channel/channel.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import type { Dialplan, DialplanLocation } from '../dialplan/dialplan.ts';
import type { AmiAction } from './ami-message.ts';

interface OriginateParts {
  readonly services: PbxServices;
  readonly dialplan: Dialplan | undefined;
  readonly plan: CallPlan;
  /** Tells AMI's clients how it went. */
  readonly tell: (fields: readonly (readonly [string, string])[]) => void;
}

/** Default of the action's `Timeout`, in ms. */
const RING_MS = 30_000;

/**
 * Rings `Channel` and, once it is answered, runs `Context`, `Exten` and `Priority` on it. Returns false when
 * there is no such place.
 */
export function originate(action: AmiAction, parts: OriginateParts): boolean {
  const { services, dialplan, plan } = parts;
  const field = (name: string, fallback = '') => action.get(name) ?? fallback;
  const endpoint = field('channel');
  const location = {
    context: field('context'),
    extension: field('exten'),
    priority: Number(field('priority', '1')),
  };
  if (!dialplan?.step(location) || !endpoint.includes('/')) return false;
  const at = endpoint.indexOf('/');
  const callerId = /^(?:"?([^"<]*?)"?\s*<)?([^<>]*)>?$/.exec(field('callerid'));
  const person = services.addCall({
    direction: 'outbound',
    technology: endpoint.slice(0, at),
    resource: endpoint.slice(at + 1),
    from: callerId?.[2] ?? '',
    fromName: callerId?.[1] ?? '',
    to: endpoint,
    dialplan,
    plan,
    uniqueId: action.get('channelid'),
  });
  for (const pair of field('variable').split(',')) {
    const [name = '', value = ''] = pair.split('=');
    if (name !== '') person.channel.variables.set(name, value);
  }
  void follow(action, person.channel, location, parts);
  person.ring(plan.calleeFor(endpoint));
  return true;
}

async function follow(
  action: AmiAction,
  channel: Channel,
  location: DialplanLocation,
  { services, tell }: OriginateParts,
): Promise<void> {
  const patience = services.clock.after(Number(action.get('timeout') ?? RING_MS) / services.speed, () => {
    if (!channel.isUp) channel.hangUp(19, 'not-answered');
  });
  const isUp = await Promise.race([channel.answered.then(() => true), channel.gone.then(() => false)]);
  patience.cancel();
  tell(response(action, channel, isUp));
  if (isUp) services.startDialplan(channel, location);
}

function response(
  action: AmiAction,
  { name, uniqueId }: Channel,
  isUp: boolean,
): readonly (readonly [string, string])[] {
  const id = action.get('actionid');
  return [
    ['Event', 'OriginateResponse'],
    ['Privilege', 'call,all'],
    ...(id === undefined ? [] : ([['ActionID', id]] as const)),
    ['Response', isUp ? 'Success' : 'Failure'],
    ['Channel', name],
    ['Context', action.get('context') ?? ''],
    ['Exten', action.get('exten') ?? ''],
    ['Reason', isUp ? '4' : '3'],
    ['Uniqueid', uniqueId],
  ];
}

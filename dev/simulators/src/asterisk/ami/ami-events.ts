import type { Channel } from '../channel/channel.ts';
import type { ChannelEvent } from '../channel/channel-events.ts';

type Fields = readonly (readonly [string, string])[];

/** Numbers of channel states (include/asterisk/channelstate.h). */
const STATES = { Down: '0', Ring: '4', Ringing: '5', Up: '6' } as const;
const CAUSES: Readonly<Record<number, string>> = {
  0: 'Unknown',
  16: 'Normal Clearing',
  17: 'User busy',
  19: 'User alerting, no answer',
  21: 'Call Rejected',
};

function snapshot(channel: Channel, prefix = ''): Fields {
  const { context = '', extension = '', priority = 1 } = channel.location ?? {};
  return [
    [`${prefix}Channel`, channel.name],
    [`${prefix}ChannelState`, STATES[channel.state]],
    [`${prefix}ChannelStateDesc`, channel.state],
    [`${prefix}CallerIDNum`, channel.callerNumber || '<unknown>'],
    [`${prefix}CallerIDName`, channel.callerName || '<unknown>'],
    [`${prefix}Language`, channel.language],
    [`${prefix}Context`, context],
    [`${prefix}Exten`, extension],
    [`${prefix}Priority`, String(priority)],
    [`${prefix}Uniqueid`, channel.uniqueId],
  ];
}

const named = (name: string, fields: Fields): Fields => [
  ['Event', name],
  ['Privilege', 'call,all'],
  ...fields,
];

/** Returns the AMI event for what happened to a channel; null when AMI has none. */
export function amiEvent(event: ChannelEvent): Fields | null {
  const { channel } = event;
  switch (event.kind) {
    case 'new':
      return named('Newchannel', snapshot(channel));
    case 'state':
      return named('Newstate', snapshot(channel));
    case 'hangup':
      return named('Hangup', [
        ...snapshot(channel),
        ['Cause', String(channel.hangupCause)],
        ['Cause-txt', CAUSES[channel.hangupCause] ?? 'Unknown'],
      ]);
    case 'dial-begin':
      return named('DialBegin', [
        ...snapshot(channel),
        ...snapshot(event.peer, 'Dest'),
        ['DialString', event.to],
      ]);
    case 'dial-end':
      return named('DialEnd', [
        ...snapshot(channel),
        ...snapshot(event.peer, 'Dest'),
        ['DialStatus', event.status],
      ]);
    case 'stasis-start':
    case 'stasis-end':
      return null;
  }
}

import { DialplanError } from '../dialplan/dialplan-error.ts';
import type { DialplanFunction } from './dialplan-function.ts';

/** `CHANNEL(item)`. */
export const channelFunction: DialplanFunction = {
  read: (item, { channel, step }) => {
    switch (item) {
      case 'name':
        return channel.name;
      case 'uniqueid':
        return channel.uniqueId;
      case 'state':
        return channel.state;
      case 'language':
        return channel.language;
      case 'musicclass':
        return channel.musicClass;
      case 'channeltype':
        return channel.technology;
      default:
        throw new DialplanError(step, `CHANNEL(${item}) is not supported`);
    }
  },
  write: (item, value, { channel, step }) => {
    switch (item) {
      case 'language':
        channel.language = value;
        return;
      case 'musicclass':
        channel.musicClass = value;
        return;
      case 'hangup_handler_push':
        channel.hangupHandlers.push(value);
        return;
      case 'hangup_handler_pop':
        channel.hangupHandlers.pop();
        return;
      case 'hangup_handler_wipe':
        channel.hangupHandlers.splice(0, Infinity, ...(value === '' ? [] : [value]));
        return;
      default:
        throw new DialplanError(step, `CHANNEL(${item}) is not supported`);
    }
  },
};

/** `CALLERID(num)`, `CALLERID(name)`, `CALLERID(all)`, `CALLERID(dnid)`. */
export const callerId: DialplanFunction = {
  read: (item, { channel, step }) => {
    switch (item.toLowerCase()) {
      case 'num':
      case 'number':
        return channel.callerNumber;
      case 'name':
        return channel.callerName;
      case 'all':
        return `"${channel.callerName}" <${channel.callerNumber}>`;
      case 'dnid':
        return channel.dialled;
      default:
        throw new DialplanError(step, `CALLERID(${item}) is not supported`);
    }
  },
  write: (item, value, { channel, step }) => {
    switch (item.toLowerCase()) {
      case 'num':
      case 'number':
        channel.callerNumber = value;
        return;
      case 'name':
        channel.callerName = value;
        return;
      default:
        throw new DialplanError(step, `CALLERID(${item}) cannot be set`);
    }
  },
};

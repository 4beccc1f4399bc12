import { splitArguments } from '../dialplan/arguments.ts';
import { type Application, NEXT } from './application.ts';

/** `Stasis(app[,args])`: an ARI application holds the channel until it continues it or it is hung up. */
export const stasis: Application = async (args, { channel, services }) => {
  const [app = '', ...rest] = splitArguments(args);
  if (!services.stasisApps.has(app)) {
    channel.variables.set('STASISSTATUS', 'FAILED');
    return NEXT;
  }
  channel.variables.set('STASISSTATUS', '');
  channel.stasisApp = app;
  services.events.emit({ kind: 'stasis-start', channel, args: rest });
  try {
    await channel.until(channel.gone);
  } finally {
    channel.stasisApp = null;
    channel.variables.set('STASISSTATUS', 'SUCCESS');
    services.events.emit({ kind: 'stasis-end', channel, app });
  }
  return NEXT;
};

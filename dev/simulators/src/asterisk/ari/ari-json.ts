import type { Channel } from '../channel/channel.ts';

/** Returns a channel as ARI shows it (rest-api/api-docs/channels.json). */
export function ariChannel(channel: Channel, wallTimeMs: number): object {
  const { context = '', extension = '', priority = 1 } = channel.location ?? {};
  return {
    id: channel.uniqueId,
    name: channel.name,
    state: channel.state,
    protocol_id: '',
    caller: { name: channel.callerName, number: channel.callerNumber },
    connected: { name: '', number: '' },
    accountcode: '',
    dialplan: { context, exten: extension, priority, app_name: '', app_data: '' },
    creationtime: new Date(wallTimeMs).toISOString().replace('Z', '+0000'),
    language: channel.language,
  };
}

import type { Clock } from '@tandem/kit';
import { Channel, type ChannelOptions } from './channel.ts';
import type { ChannelEvents } from './channel-events.ts';

type NewChannel = Omit<ChannelOptions, 'name' | 'uniqueId' | 'notify'> & {
  /** Behind the technology; a serial number follows unless `isWhole`. */
  readonly resource: string;
  readonly isWhole?: boolean;
  readonly uniqueId?: string;
};

/** All channels that have not ended, by name and by unique id. */
export class ChannelRegistry {
  private readonly clock: Clock;
  private readonly events: ChannelEvents;
  private readonly channels = new Set<Channel>();
  private readonly prefix: string;
  private serial = 0;

  /** @param systemName stands before unique ids; empty for none */
  constructor(clock: Clock, events: ChannelEvents, systemName: string) {
    this.prefix = systemName === '' ? '' : `${systemName}-`;
    this.clock = clock;
    this.events = events;
    events.listen((event) => {
      if (event.kind === 'hangup') this.channels.delete(event.channel);
    });
  }

  get all(): readonly Channel[] {
    return [...this.channels];
  }

  /** Returns the channel with this name or unique id, as Asterisk looks it up. */
  find(nameOrId: string): Channel | null {
    for (const channel of this.channels)
      if (channel.name.toLowerCase() === nameOrId.toLowerCase() || channel.uniqueId === nameOrId)
        return channel;
    return null;
  }

  create({ resource, isWhole = false, uniqueId, ...options }: NewChannel): Channel {
    this.serial += 1;
    const suffix = isWhole ? '' : `-${this.serial.toString(16).padStart(8, '0')}`;
    const channel = new Channel({
      ...options,
      name: `${options.technology}/${resource}${suffix}`,
      uniqueId: uniqueId ?? `${this.prefix}${Math.floor(this.clock.wallTime() / 1000)}.${this.serial}`,
      notify: (kind, changed) => this.events.emit({ kind, channel: changed }),
    });
    this.channels.add(channel);
    this.events.emit({ kind: 'new', channel });
    return channel;
  }
}

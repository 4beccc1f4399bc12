import type { Channel } from '../channel/channel.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import type { Codec } from './codecs.ts';
import { AudioSocketLeg } from './audiosocket-leg.ts';
import { FrameSpacing } from './frame-spacing.ts';
import { legFaults, type OpeningFault } from './leg-faults.ts';
import { type LegEnd, type LegForm, LegLog } from './leg-report.ts';
import { connectToRelay } from './relay-connection.ts';

interface LegRequest {
  readonly form: LegForm;
  readonly address: string;
  readonly uuid: string;
  readonly codec: Codec;
  readonly onEnded: (end: LegEnd) => void;
}

/** Connects a channel's AudioSocket and introduces the call. Returns null when no address took it. */
export async function openLeg(
  channel: Channel,
  services: PbxServices,
  request: LegRequest,
): Promise<AudioSocketLeg | null> {
  const { address, uuid } = request;
  const { journal, plan } = channel;
  const index = channel.legs.length;
  journal.add({ kind: 'leg-connecting', address, uuid });
  const socket = await connectToRelay(address, services.clock);
  if (typeof socket === 'string') {
    const end: LegEnd = { cause: 'connect-failed', detail: socket };
    const log = new LegLog(request, new FrameSpacing());
    log.end = end;
    log.endedAtMs = journal.nowMs;
    channel.legs.push(log);
    journal.add({ kind: 'leg-ended', uuid, end });
    return null;
  }
  const leg: AudioSocketLeg = new AudioSocketLeg({
    ...request,
    socket,
    release: services.release,
    clock: services.clock,
    callMs: () => journal.nowMs,
    keep: (kept) => services.keepSocket(kept),
    closesWithReset: plan.closesWithReset,
    onEnded: (end) => {
      faults.cancel();
      journal.add({ kind: 'leg-ended', uuid, end });
      request.onEnded(end);
    },
  });
  const faults = legFaults(leg, services.clock);
  channel.legs.push(leg.log);
  introduce(
    leg,
    plan.openingFaults.find((fault) => (fault.leg ?? 0) === index),
    services,
  );
  journal.add({ kind: 'leg-open', address, uuid });
  for (const fault of plan.legFaults) if ((fault.leg ?? 0) === index) faults.add(fault);
  return leg;
}

function introduce(leg: AudioSocketLeg, fault: OpeningFault | undefined, { clock }: PbxServices): void {
  switch (fault?.kind) {
    case undefined:
      return leg.open();
    case 'late-uuid':
      clock.after(fault.delayMs, () => leg.open());
      return;
    case 'other-uuid':
      return leg.open(fault.uuid);
    case 'no-uuid':
      return;
  }
}

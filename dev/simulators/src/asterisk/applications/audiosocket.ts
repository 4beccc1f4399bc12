import { SLIN } from '../audiosocket/codecs.ts';
import { isUuid } from '../audiosocket/frames.ts';
import type { ReleaseBehaviour } from '../reference/release.ts';
import type { LegEnd } from '../audiosocket/leg-report.ts';
import { openLeg } from '../audiosocket/open-leg.ts';
import { splitArguments } from '../dialplan/arguments.ts';
import { type Application, NEXT, type Step } from './application.ts';

const FAILED: Step = { kind: 'hangup', by: 'application-failed' };

/**
 * `AudioSocket(uuid,host:port)`: 8 kHz, on an answered channel. Returns 0 when the relay says goodbye or
 * closes between frames; anything else returns -1, which hangs the caller up (apps/app_audiosocket.c).
 */
export const audioSocket: Application = async (args, { channel, services }) => {
  const [uuid = '', address = ''] = splitArguments(args);
  if (!isUuid(uuid)) {
    channel.journal.add({ kind: 'error', detail: `AudioSocket(): failed to parse UUID '${uuid}'` });
    return FAILED;
  }
  const { promise: over, resolve } = Promise.withResolvers<LegEnd>();
  const leg = await openLeg(channel, services, {
    form: 'application',
    address,
    uuid,
    codec: SLIN,
    onEnded: resolve,
  });
  if (!leg) return FAILED;
  if (!channel.isUp) {
    channel.journal.add({ kind: 'error', detail: 'AudioSocket(): channel is not answered' });
    leg.close('not answered');
    return FAILED;
  }
  const { line } = channel.far ?? {};
  line?.connect(leg);
  const stopKeys = channel.onDigit((digit) => leg.sendDigit(digit));
  try {
    return isOrderly(await channel.until(over), services.release) ? NEXT : FAILED;
  } finally {
    stopKeys();
    line?.disconnect(leg);
    leg.close('the channel left');
  }
};

function isOrderly({ cause }: LegEnd, { continuesAfterClose }: ReleaseBehaviour): boolean {
  return cause === 'hung-up-by-relay' || (cause === 'closed-by-relay' && continuesAfterClose);
}

import { INTERNET } from '@tandem/simulators';

/** Of the far sides. The jitter is a frame's grain here. */
export const DISTANCE = { ...INTERNET, jitterMs: 20 };

const [LEAST_MS, MOST_MS] = DISTANCE.roundTripMs;
/** A lost packet is noticed and sent again after a round trip, and up to this much more. */
const RESENT_WITHIN_MS = 200;

/**
 * What lies between a relay and one of its far sides, looked at once a frame: half a round trip each way, and
 * at times a packet that is lost and holds up what follows. It lies behind the driver's socket, so that
 * latencies taken there are the relay's alone.
 */
export class Distance {
  readonly roundTripMs: number;
  private heldUpUntilMs = 0;

  constructor(private readonly random: () => number) {
    this.roundTripMs = LEAST_MS + random() * (MOST_MS - LEAST_MS);
  }

  /** Whether what is to be sent now has to wait for a packet that was lost. Draws; once a frame. */
  isHeldUp(nowMs: number): boolean {
    if (nowMs < this.heldUpUntilMs) return true;
    if (this.random() >= DISTANCE.lossShare) return false;
    this.heldUpUntilMs = nowMs + this.roundTripMs + this.random() * RESENT_WITHIN_MS;
    return true;
  }
}

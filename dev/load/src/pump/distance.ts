import { INTERNET } from '@tandem/simulators';

/** Distance to the far sides. The jitter is rounded to one frame. */
export const DISTANCE = { ...INTERNET, jitterMs: 20 };

const [LEAST_MS, MOST_MS] = DISTANCE.roundTripMs;
/** A lost packet is noticed and sent again after a round trip, and up to this much more. */
const RESENT_WITHIN_MS = 200;

/**
 * The network between a relay and one of its far sides, computed once a frame: half a round trip each way,
 * and now and then a lost packet that delays those after it. It sits behind the driver's socket, so latencies
 * measured there are the relay's alone.
 */
export class Distance {
  readonly roundTripMs: number;
  private heldUpUntilMs = 0;

  constructor(private readonly random: () => number) {
    this.roundTripMs = LEAST_MS + random() * (MOST_MS - LEAST_MS);
  }

  /** Returns whether a message must wait for a lost packet. Draws a random number: call it once a frame. */
  isHeldUp(nowMs: number): boolean {
    if (nowMs < this.heldUpUntilMs) return true;
    if (this.random() >= DISTANCE.lossShare) return false;
    this.heldUpUntilMs = nowMs + this.roundTripMs + this.random() * RESENT_WITHIN_MS;
    return true;
  }
}

import { seededRandom } from '@tandem/kit';

/** The part of a clock that a link needs. */
interface LinkClock {
  now(): number;
  after(delayMs: number, run: () => void): { cancel(): void };
}

/** The network between a far side and the product. */
export interface LinkSettings {
  /** Least and most ms there and back. Each call, or model session, draws its own and keeps it. */
  readonly roundTripMs: readonly [least: number, most: number];
  /** A packet takes up to this many ms longer than half the round trip. */
  readonly jitterMs: number;
  /**
   * Share of packets that are lost and sent again: what was sent after them waits, and then comes all at
   * once.
   */
  readonly lossShare: number;
}

/** The distance of carriers' media edges and voice models from a server on the internet. */
export const INTERNET: LinkSettings = { roundTripMs: [20, 250], jitterMs: 15, lossShare: 0.002 };
/** No distance: everything arrives when it is sent. */
export const NO_DISTANCE: LinkSettings = { roundTripMs: [0, 0], jitterMs: 0, lossShare: 0 };

/** A lost packet is noticed and sent again after a round trip, and up to this much more. */
const RESENT_WITHIN_MS = 200;
/** Real timers fire up to this much too early. */
const TIMER_GRAIN_MS = 1;

/** Returns the link with the round trip of one call. */
export function drawLink(settings: LinkSettings, random: () => number): LinkSettings {
  const [least, most] = settings.roundTripMs;
  const roundTripMs = least + random() * (most - least);
  return { ...settings, roundTripMs: [roundTripMs, roundTripMs] };
}

/**
 * Returns the longest a message takes one way, in ms: half the round trip with all jitter, and once sent
 * again.
 */
export function longestOneWayMs({ roundTripMs: [, most], jitterMs, lossShare }: LinkSettings): number {
  return most / 2 + jitterMs + (lossShare > 0 ? most + RESENT_WITHIN_MS : 0);
}

/** `20–250 ms`. */
export function roundTripText({ roundTripMs: [least, most] }: LinkSettings): string {
  return most === 0 ? 'none' : `${least === most ? most : `${least}–${most}`} ms`;
}

/** Returns the settings as text for a report. */
export function linkText(settings: LinkSettings): string {
  const { roundTripMs, jitterMs, lossShare } = settings;
  if (roundTripMs[1] === 0) return 'no round trip';
  return (
    `${roundTripText(settings)} round trip, up to ${jitterMs} ms jitter, ` +
    `${Number((lossShare * 100).toFixed(3))} % of packets sent again`
  );
}

/** One connection over a distance with the properties of TCP: late, in bursts, in order, nothing lost. */
export class Link {
  /** Round trip without jitter, in ms. */
  readonly roundTripMs: number;
  readonly toServer: OneWay;
  readonly toClient: OneWay;

  constructor(settings: LinkSettings, clock: LinkClock, random: () => number) {
    const { jitterMs, lossShare } = settings;
    // Draws of its own, so that they do not depend on what other connections draw meanwhile.
    const draw = seededRandom(random() * 2 ** 32);
    const [roundTripMs] = drawLink(settings, draw).roundTripMs;
    this.roundTripMs = roundTripMs;
    const isStraight = roundTripMs === 0 && jitterMs === 0 && lossShare === 0;
    const delayMs = (): number => {
      const resentMs = draw() < lossShare ? roundTripMs + draw() * RESENT_WITHIN_MS : 0;
      return roundTripMs / 2 + draw() * jitterMs + resentMs;
    };
    this.toServer = new OneWay(clock, isStraight ? null : delayMs);
    this.toClient = new OneWay(clock, isStraight ? null : delayMs);
  }

  /** The connection is reset: data under way is lost. */
  drop(): void {
    this.toServer.drop();
    this.toClient.drop();
  }
}

/** One direction. Without a distance everything arrives before `send` returns. */
class OneWay {
  private underWay: { readonly at: number; readonly arrive: () => void }[] = [];
  private timer: { cancel(): void } | null = null;
  private sentAt = Number.NEGATIVE_INFINITY;
  private arrivesAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: LinkClock,
    private readonly delayMs: (() => number) | null,
  ) {}

  send(arrive: () => void): void {
    if (!this.delayMs) return arrive();
    const now = this.clock.now();
    if (now > this.sentAt) {
      this.sentAt = now;
      this.arrivesAt = Math.max(this.arrivesAt, now + this.delayMs());
    }
    this.underWay.push({ at: this.arrivesAt, arrive });
    this.timer ??= this.clock.after(this.arrivesAt - now, () => this.deliver());
  }

  drop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.underWay = [];
  }

  private deliver(): void {
    this.timer = null;
    const now = this.clock.now();
    while (this.underWay[0] !== undefined && this.underWay[0].at < now + TIMER_GRAIN_MS)
      this.underWay.shift()?.arrive();
    const [next] = this.underWay;
    if (next) this.timer ??= this.clock.after(next.at - now, () => this.deliver());
  }
}

import { Injectable } from '@nestjs/common';
import { userNetworkOf } from '@tandem/platform';

/** Calls one address or IPv6 network may start at once, and the time after which it may start one more. */
const BURST = 10;
const EVERY_MS = 3_000;
/** The same for all addresses together: a page under attack does not fill the relays. */
const TOTAL_BURST = 60;
const TOTAL_EVERY_MS = 500;
/** Addresses remembered; the one that asked longest ago is forgotten first. */
const MAX_ADDRESSES = 10_000;

interface Allowance {
  calls: number;
  at: number;
}

/** Limits how fast calls are started that nobody has signed for. */
@Injectable()
export class StartLimit {
  private readonly addresses = new Map<string, Allowance>();
  private readonly total: Allowance = { calls: TOTAL_BURST, at: 0 };

  /** Returns 0 when the address may start a call now, else the seconds until it may. */
  take(address: string, now = Date.now()): number {
    const place = userNetworkOf(address);
    const own = this.addresses.get(place) ?? { calls: BURST, at: now };
    this.addresses.delete(place);
    this.addresses.set(place, own);
    const [oldest] = this.addresses.keys();
    if (oldest !== undefined && this.addresses.size > MAX_ADDRESSES) this.addresses.delete(oldest);
    refill(own, BURST, EVERY_MS, now);
    refill(this.total, TOTAL_BURST, TOTAL_EVERY_MS, now);
    const waitMs = Math.max((1 - own.calls) * EVERY_MS, (1 - this.total.calls) * TOTAL_EVERY_MS);
    if (waitMs > 0) return Math.ceil(waitMs / 1000);
    own.calls -= 1;
    this.total.calls -= 1;
    return 0;
  }
}

function refill(allowance: Allowance, most: number, everyMs: number, now: number): void {
  allowance.calls = Math.min(most, allowance.calls + Math.max(0, now - allowance.at) / everyMs);
  allowance.at = now;
}

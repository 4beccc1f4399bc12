import { setTimeout as delay } from 'node:timers/promises';
import type { DeliveryClaim } from '@tandem/database';
import type { FaultLog } from '@tandem/platform';

const IDLE_MS = 500;
const AFTER_FAULT_MS = 2_000;

export interface DeliveryLoopOptions<Delivery> {
  /** Deliveries at a time, and those to one target. */
  readonly places: number;
  readonly perTarget: number;
  /** How long a claimed delivery stays with its worker. */
  readonly leaseMs: number;
  readonly faults: Pick<FaultLog, 'failed' | 'succeeded'>;
  targetOf(delivery: Delivery): string;
  claim(claim: DeliveryClaim): Promise<Delivery[]>;
  /** Returns whether there may be more that are due, so that the next claim follows at once. */
  hasMore(claimed: number, free: number): boolean;
  /** Delivers and stores the result. */
  deliver(delivery: Delivery): Promise<void>;
  /** Told of a result that was not stored: the delivery is due again when its lease expires. */
  onUnstored(error: unknown, delivery: Delivery): void;
}

/** Claims what is due and delivers it, as much at a time as a worker has places for. */
export class DeliveryLoop<Delivery> {
  /** Deliveries under way by their target. */
  private readonly underWay = new Map<string, number>();
  private count = 0;
  private isStopping = false;
  private wake: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(private readonly options: DeliveryLoopOptions<Delivery>) {}

  start(): void {
    this.running = this.run();
  }

  /** Resolves when deliveries under way are finished and stored. */
  async stop(): Promise<void> {
    this.isStopping = true;
    this.wake();
    await this.running;
  }

  private async run(): Promise<void> {
    while (!this.isStopping) {
      const free = this.options.places - this.count;
      const claimed = free > 0 ? await this.claim(free) : [];
      for (const delivery of claimed ?? []) void this.deliver(delivery);
      // Otherwise the first delivery that ends may free a place.
      if (claimed !== null && claimed.length > 0 && this.options.hasMore(claimed.length, free)) continue;
      await this.sleep(claimed === null ? AFTER_FAULT_MS : IDLE_MS);
    }
    while (this.count > 0) await delay(50);
  }

  /** Returns null when the database does not respond. */
  private async claim(free: number): Promise<Delivery[] | null> {
    const { places, perTarget, leaseMs, faults } = this.options;
    try {
      const { underWay } = this;
      const claimed = await this.options.claim({ free, places, perEndpoint: perTarget, underWay, leaseMs });
      faults.succeeded();
      return claimed;
    } catch (error) {
      faults.failed(error);
      return null;
    }
  }

  private async sleep(ms: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private async deliver(delivery: Delivery): Promise<void> {
    const target = this.options.targetOf(delivery);
    this.count += 1;
    this.underWay.set(target, (this.underWay.get(target) ?? 0) + 1);
    try {
      await this.options.deliver(delivery);
    } catch (error) {
      this.options.onUnstored(error, delivery);
    } finally {
      this.count -= 1;
      const left = (this.underWay.get(target) ?? 1) - 1;
      if (left > 0) this.underWay.set(target, left);
      else this.underWay.delete(target);
      this.wake();
    }
  }
}

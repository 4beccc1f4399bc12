import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '@tandem/kit';
import { HangingLine } from '@tandem/stack';

const FRAME_MS = 20;
const STALL_MS = 100;
const STALLS_IN_100 = 5;

/** Lines to relays over which, at random, nothing passes for 100 ms, both ways. */
export class StallingLine {
  /** Ports of the lines, by the port each leads to. */
  readonly ports: Readonly<Record<number, number>>;
  /** How long each stall was. */
  readonly stallsMs: number[] = [];
  private readonly random = seededRandom(82);
  private isOpen = true;
  private readonly isOver: Promise<void>;

  private constructor(
    targets: readonly number[],
    private readonly lines: readonly HangingLine[],
  ) {
    this.ports = Object.fromEntries(
      targets.map((port, at) => [port, Number(new URL(lines[at]!.url).port)] as const),
    );
    this.isOver = this.run();
  }

  /** @param targets ports of this machine */
  static async before(targets: readonly number[]): Promise<StallingLine> {
    const lines = await Promise.all(targets.map((port) => HangingLine.to(`ws://127.0.0.1:${port}`)));
    return new StallingLine(targets, lines);
  }

  async close(): Promise<void> {
    this.isOpen = false;
    await this.isOver;
    for (const line of this.lines) await line.close();
  }

  private async run(): Promise<void> {
    while (this.isOpen) {
      await sleep(FRAME_MS);
      if (this.random() * 100 >= STALLS_IN_100) continue;
      const since = performance.now();
      this.hang(true);
      await sleep(STALL_MS);
      this.hang(false);
      this.stallsMs.push(performance.now() - since);
    }
  }

  private hang(isHanging: boolean): void {
    for (const line of this.lines) line.hang(isHanging);
  }
}

import { FakeCallerStream, ManualClock } from '@tandem/conversation/testing';
import { describeCallerStream } from './caller-stream.conformance.ts';
import type { CallerStreamFarSide } from './testing/caller-stream-far-side.ts';

/** Holds the fake stream of the conversation's tests to the contract of the real ones. */
class FakeFarSide implements CallerStreamFarSide {
  readonly clock = new ManualClock();
  readonly stream = new FakeCallerStream(this.clock);
  readonly boundMs = 240_000;
  readonly patienceMs = 10_000;
  private readonly values = new Map<string, number>();

  constructor() {
    const write = this.stream.write.bind(this.stream);
    this.stream.write = (frame, soundId) => {
      this.values.set(soundId, frame.bytes[0] ?? 0);
      write(frame, soundId);
    };
  }

  speaks(frame: Uint8Array): void {
    this.stream.say(frame);
  }

  presses(digit: string): void {
    this.stream.press(digit);
  }

  hangsUp(): void {
    this.stream.leave('caller-hangup');
  }

  isCut(): void {
    this.stream.leave('connection-lost');
  }

  heardMs(value: number): number {
    this.stream.heardSoFar();
    return [...this.stream.sounds]
      .filter(([soundId]) => this.values.get(soundId) === value)
      .reduce((ms, [, { heardMs }]) => ms + heardMs, 0);
  }

  heldBytes(): number {
    return this.stream.heldMs * 8;
  }

  droppedBytes(): number {
    return this.stream.droppedMs * 8;
  }
}

describeCallerStream('the fake', () => new FakeFarSide());

import { PCMU_8K, type AudioFormat } from '@tandem/contracts';
import {
  FrameConverter,
  modelInFormat,
  type AudioFrame,
  type VoiceModel,
  type VoiceModelSession,
} from '@tandem/conversation';
import type { VoiceModelFarSide } from '@tandem/conversation/conformance';
import { ManualClock } from '@tandem/conversation/testing';
import { guidedModelOf } from '../guided-engine.ts';
import { FakeDetector, FakeRecogniser, FakeSynthesiser } from './fake-senses.ts';
import { FAKE_TOOLS, FRAME_MS, LOUD, QUIET } from './guided-scene.ts';

/** The guided engine with a caller at its other end on a stream of this format, for the conformance suite. */
export class GuidedFarSide implements VoiceModelFarSide {
  readonly clock = new ManualClock();
  readonly wordsForTool = 'plumbing tomorrow morning';
  readonly tools = FAKE_TOOLS;
  readonly openTimeoutMs = 0;
  private readonly recogniser = new FakeRecogniser();
  private readonly synthesiser = new FakeSynthesiser();
  private opensSessions = true;
  private readonly line: FrameConverter;
  readonly model: VoiceModel;

  constructor(format: AudioFormat = PCMU_8K) {
    this.line = new FrameConverter(PCMU_8K, format, { isAligned: false });
    this.model = modelInFormat(this.guided(), format);
  }

  private guided(): VoiceModel {
    return guidedModelOf(
      {
        clock: this.clock,
        synthesiser: this.synthesiser,
        recogniser: this.recogniser,
        openDetector: () =>
          this.opensSessions
            ? Promise.resolve(new FakeDetector())
            : Promise.reject(new TypeError('No detector.')),
        maxUtteranceMs: 15_000,
      },
      { timeZone: 'America/New_York', companyName: 'Northwind' },
    );
  }

  refusesToOpen(): void {
    this.opensSessions = false;
  }

  holdsResponses(): void {
    this.synthesiser.heldBack = 'all';
  }

  finishesResponses(): void {
    this.synthesiser.release();
  }

  async callerStarts(session: VoiceModelSession): Promise<void> {
    // The first sound of a line counts as its noise.
    await this.sends(session, QUIET, FRAME_MS);
    await this.sends(session, LOUD, 400);
  }

  async callerStops(session: VoiceModelSession, words: string | null): Promise<void> {
    this.recogniser.planned.push(words);
    await this.sends(session, LOUD, 400);
    await this.sends(session, QUIET, 600);
  }

  async lineCloses(session: VoiceModelSession, words: string): Promise<void> {
    await this.callerStarts(session);
    this.recogniser.planned.push(words);
    session.finishInput();
  }

  private async sends(session: VoiceModelSession, frame: AudioFrame, ms: number): Promise<void> {
    for (let sent = 0; sent < ms; sent += FRAME_MS) {
      const converted = this.line.convert(frame);
      if (converted) session.pushAudio(converted);
      await this.clock.pass(FRAME_MS);
    }
  }
}

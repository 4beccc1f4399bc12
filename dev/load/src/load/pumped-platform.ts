import { setTimeout as sleep } from 'node:timers/promises';
import { RunningPlatform } from '@tandem/commands/platform';
import type { AgentContentInput } from '@tandem/contracts';
import { linkText } from '@tandem/simulators';
import { favour, pin } from '../host/machine.ts';
import type { Habit } from '../pump/carrier-stream.ts';
import { DISTANCE } from '../pump/distance.ts';
import { PumpProcess, type PumpFigures } from '../pump/pump-process.ts';
import { OTHER_CORE, RELAY_CORE, shareOfCores, type Conditions } from './conditions.ts';
import { readRelayFigures, relaysOf, type RelayFigures } from './relay-figures.ts';

/** Callers who make no requests, so that only the audio path is measured. */
const TALKS_ON: Partial<AgentContentInput> = { limits: { maxAnswersWithoutTool: 0 } };
/** Off unless an agent asks for it, and paid for with every frame. */
const RECORDED: Partial<AgentContentInput> = {
  recording: { mode: 'announced' },
  notice: 'This call is recorded.',
};
/** Calls that run once before anything is measured, so that no figure holds the cost of a cold process. */
const WARM_UP_CALLS = 30;

/**
 * The whole platform with one relay on a core of its own; servers, workers and the driver share the other
 * core.
 */
export class PumpedPlatform {
  private constructor(
    readonly platform: RunningPlatform,
    readonly pump: PumpProcess,
    readonly isPinned: boolean,
    private readonly isRecorded: boolean,
  ) {}

  static async start(maxCalls: number, isRecorded: boolean): Promise<PumpedPlatform> {
    // Child processes inherit this core.
    const isPinned = pin(process.pid, OTHER_CORE);
    const pump = await PumpProcess.start();
    try {
      const platform = await RunningPlatform.start({
        stack: {
          relays: 1,
          env: {
            OPENAI_REALTIME_URL: pump.modelUrl,
            OPENAI_API_KEY: 'sk-load',
            RELAY_MAX_CALLS: String(maxCalls),
          },
        },
      });
      await platform.publish({ ...TALKS_ON, ...(isRecorded ? RECORDED : {}) });
      for (const instance of relaysOf(platform)) {
        const pid = platform.stack.supervisor.pidOf(instance) ?? 0;
        if (isPinned) pin(pid, RELAY_CORE);
        favour(pid);
      }
      return new PumpedPlatform(platform, pump, isPinned, isRecorded);
    } catch (error) {
      pump.stop();
      throw error;
    }
  }

  relay(): Promise<RelayFigures> {
    return readRelayFigures(this.platform);
  }

  /** Runs a part, and measures other load on the machine meanwhile. */
  async withConditions<Part>(part: () => Promise<Part>): Promise<Part & Conditions> {
    const relayCpuMs = async () => (await this.relay()).cpuSeconds * 1000;
    const { done, shares } = await shareOfCores(part, relayCpuMs);
    const measuredAt = new Date().toISOString();
    return { ...done, measuredAt, ...shares, isRecorded: this.isRecorded, link: linkText(DISTANCE) };
  }

  /**
   * Places `calls` calls, `perSecond` a second.
   * @throws when one is refused
   */
  async place(calls: number, perSecond: number, habit: Habit = 'ordinary'): Promise<void> {
    const { stack } = this.platform;
    const account = {
      accountSid: this.platform.twilio.accountSid,
      voiceUrl: this.platform.voiceUrl,
      statusUrl: `${stack.urls.ingress}/twilio/status`,
      authToken: stack.twilioAuthToken,
    };
    const placed: Promise<void>[] = [];
    for (let call = 0; call < calls; call += 1) {
      const call = this.pump.place(account, habit);
      call.catch(() => undefined); // A refusal is reported below, when all have been placed.
      placed.push(call);
      await sleep(1000 / perSecond);
    }
    await Promise.all(placed);
  }

  async hangUpAll(): Promise<void> {
    await this.pump.hangUp(Number.MAX_SAFE_INTEGER);
    await this.until((relay) => relay.activeCalls === 0);
  }

  async warmUp(): Promise<void> {
    await this.place(WARM_UP_CALLS, 15);
    await sleep(12_000);
    await this.hangUpAll();
    await sleep(3_000);
  }

  /** Waits `seconds` and returns the figures of both sides for that time. */
  async observe(seconds: number): Promise<{ before: RelayFigures; after: RelayFigures; pump: PumpFigures }> {
    const before = await this.relay();
    await this.pump.reset();
    await sleep(seconds * 1000);
    const pump = await this.pump.figures();
    return { before, after: await this.relay(), pump };
  }

  async stop(): Promise<void> {
    await this.platform.stop();
    this.pump.stop();
  }

  private async until(isSo: (relay: RelayFigures) => boolean): Promise<void> {
    for (let waited = 0; waited < 20_000; waited += 250) {
      if (isSo(await this.relay())) return;
      await sleep(250);
    }
    throw new TypeError('The relay did not come to rest within 20 s.');
  }
}

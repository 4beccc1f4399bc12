import { ProviderError, type ProviderErrorCategory } from '@tandem/contracts';
import {
  CallScene,
  ScriptedVoiceModel,
  type CallSetting,
  type ScriptedModelSession,
} from '@tandem/conversation/testing';
import type { ProviderHealth } from '../providers/provider-health.ts';
import { resilientModel, type ResilientModelOptions } from '../resilient-model.ts';

export const HOUR_MS = 3_600_000;

export interface ResilientSetting extends CallSetting, Pick<ResilientModelOptions, 'watchdog' | 'renewal'> {
  /** Maximum length of a session of the first model. */
  readonly maxSessionMs?: number;
  readonly health?: ProviderHealth;
  /** The first model runs tools of servers by itself; the second never does. */
  readonly runsTools?: boolean;
  /** Errors of the first sessions of the first model, which do not open. */
  readonly refusals?: readonly ProviderError[];
}

/** A call over a chain of two scripted models, which fail as the test says. */
export class ResilientScene extends CallScene {
  /** The agent's own model. */
  readonly first: ScriptedVoiceModel;
  /** The fallback. */
  readonly second: ScriptedVoiceModel;

  constructor({
    maxSessionMs,
    health,
    runsTools = false,
    refusals = [],
    watchdog,
    renewal,
    ...setting
  }: ResilientSetting = {}) {
    const first = new ScriptedVoiceModel('first', { maxSessionMs: maxSessionMs ?? null, runsTools });
    const second = new ScriptedVoiceModel('second');
    first.isReadyAtOnce = !setting.isModelSlow;
    first.refusals.push(...refusals);
    super({
      ...setting,
      model: (_scripted, clock) =>
        resilientModel({
          targets: [
            { model: first, ...(health ? { health } : {}) },
            { model: second, settings: { voice: 'another', speed: 0.8 } },
          ],
          clock,
          ...(watchdog ? { watchdog } : {}),
          ...(renewal ? { renewal } : {}),
        }),
    });
    this.first = first;
    this.second = second;
  }

  /** The session opened last, of either model. */
  override get model(): ScriptedModelSession {
    const opened = this.second.sessions.at(-1) ?? this.first.sessions.at(-1);
    if (!opened) throw new TypeError('No model session was opened.');
    return opened;
  }

  /** Sessions opened so far, by name. */
  get opened(): string[] {
    return [...this.first.sessions, ...this.second.sessions].map(({ model }) => model);
  }

  get moves(): string[] {
    return this.log.of('model.moved').map(({ why, model, gapMs }) => `${why} to ${model} after ${gapMs} ms`);
  }

  /** The call has begun and the caller has heard the greeting. */
  async greeted(): Promise<void> {
    await this.passes(1);
    await this.agentSays('Good morning.');
  }

  /** Frames of the caller's voice, 20 ms each, while time passes. */
  async callerSpeaksFor(ms: number): Promise<void> {
    for (let spoken = 0; spoken < ms; spoken += 20) {
      this.stream.speak(20);
      await this.passes(20);
    }
  }

  /** The conversation a session was opened with, in words. */
  static seedOf(session: ScriptedModelSession): string[] {
    return session.seeded.map((item) =>
      'text' in item ? `${item.kind}: ${item.text}` : `${item.kind} ${item.providerCallId}`,
    );
  }
}

export function providerError(category: ProviderErrorCategory, code: string = category): ProviderError {
  return new ProviderError(`It failed: ${code}.`, { provider: 'first', code, category });
}

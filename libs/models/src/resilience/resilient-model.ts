import { sameFormat, type AudioFormat } from '@tandem/contracts';
import type {
  Clock,
  ModelSessionListener,
  ModelSessionSetup,
  VoiceModel,
  VoiceModelCapabilities,
  VoiceModelSession,
} from '@tandem/conversation';
import type { FallbackTarget } from './providers/fallback-chain.ts';
import type { RenewalShares } from './providers/renewal.ts';
import { ResilientSession } from './resilient-session.ts';
import type { WatchdogLimits } from './providers/watchdog.ts';

export interface ResilientModelOptions {
  /** In the order they are tried; at least one. */
  readonly rungs: readonly [FallbackTarget, ...FallbackTarget[]];
  readonly clock: Clock;
  readonly watchdog?: Partial<WatchdogLimits>;
  readonly renewal?: Partial<RenewalShares>;
}

/** A provider that says nothing for so long while it owes something is taken for hung. */
export const WATCHDOG_LIMITS: WatchdogLimits = { hangMs: 4_000, firstSoundMs: 6_000 };
/** Of an hour: a pause is used from minute 50 on, and none is waited for after minute 58. */
export const RENEWAL_SHARES: RenewalShares = { eligibleAfter: 50 / 60, deadline: 58 / 60 };

/**
 * A ladder of models that is one model: its session lasts as long as the call, whatever becomes of the
 * sessions it is made of. It closes with an error when no rung is left.
 */
export function resilientModel(options: ResilientModelOptions): VoiceModel {
  const { clock, rungs } = options;
  const watchdog = { ...WATCHDOG_LIMITS, ...options.watchdog };
  const renewal = { ...RENEWAL_SHARES, ...options.renewal };
  return {
    provider: rungs[0].model.provider,
    capabilities: sharedCapabilities(rungs),
    open: (setup: ModelSessionSetup, listener: ModelSessionListener): VoiceModelSession => {
      const able = rungs.filter(
        ({ model }) =>
          speaks(model.capabilities.inputFormats, setup.inputFormat) &&
          speaks(model.capabilities.outputFormats, setup.outputFormat),
      );
      return new ResilientSession(setup, listener, { rungs: able, clock, watchdog, renewal });
    },
  };
}

/** Formats all rungs speak come first: a call that settles on one of those can go down the whole ladder. */
function sharedCapabilities(rungs: ResilientModelOptions['rungs']): VoiceModelCapabilities {
  const [{ model: first }] = rungs;
  const sorted = (of: (capabilities: VoiceModelCapabilities) => readonly AudioFormat[]): AudioFormat[] => {
    const isShared = (format: AudioFormat): boolean =>
      rungs.every(({ model }) => speaks(of(model.capabilities), format));
    const offered = of(first.capabilities);
    return [...offered.filter(isShared), ...offered.filter((format) => !isShared(format))];
  };
  return {
    inputFormats: sorted((capabilities) => capabilities.inputFormats),
    outputFormats: sorted((capabilities) => capabilities.outputFormats),
    maxSessionMs: null,
  };
}

function speaks(formats: readonly AudioFormat[], wanted: AudioFormat): boolean {
  return formats.some((format) => sameFormat(format, wanted));
}

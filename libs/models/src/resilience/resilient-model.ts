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
  /** In the order they are tried. */
  readonly targets: readonly [FallbackTarget, ...FallbackTarget[]];
  readonly clock: Clock;
  readonly watchdog?: Partial<WatchdogLimits>;
  readonly renewal?: Partial<RenewalShares>;
}

/** A provider that is silent for this long while a response is expected counts as hung. */
export const WATCHDOG_LIMITS: WatchdogLimits = { hangMs: 4_000, firstSoundMs: 6_000 };
/** A session of one hour is renewed at a pause from minute 50 on, and at once in minute 58. */
export const RENEWAL_SHARES: RenewalShares = { eligibleAfter: 50 / 60, deadline: 58 / 60 };

/**
 * A chain of fallback models as one model: its session lasts as long as the call, whatever happens to the
 * provider sessions behind it. It closes with an error when no target is left.
 */
export function resilientModel(options: ResilientModelOptions): VoiceModel {
  const { clock, targets } = options;
  const watchdog = { ...WATCHDOG_LIMITS, ...options.watchdog };
  const renewal = { ...RENEWAL_SHARES, ...options.renewal };
  return {
    provider: targets[0].model.provider,
    capabilities: sharedCapabilities(targets),
    open: (setup: ModelSessionSetup, listener: ModelSessionListener): VoiceModelSession => {
      const able = targets.filter(
        ({ model }) =>
          speaks(model.capabilities.inputFormats, setup.inputFormat) &&
          speaks(model.capabilities.outputFormats, setup.outputFormat),
      );
      return new ResilientSession(setup, listener, { targets: able, clock, watchdog, renewal });
    },
  };
}

/** Formats that all targets speak come first: a call in one of these can use every fallback. */
function sharedCapabilities(targets: ResilientModelOptions['targets']): VoiceModelCapabilities {
  const [{ model: first }] = targets;
  const sorted = (of: (capabilities: VoiceModelCapabilities) => readonly AudioFormat[]): AudioFormat[] => {
    const isShared = (format: AudioFormat): boolean =>
      targets.every(({ model }) => speaks(of(model.capabilities), format));
    const offered = of(first.capabilities);
    return [...offered.filter(isShared), ...offered.filter((format) => !isShared(format))];
  };
  return {
    inputFormats: sorted((capabilities) => capabilities.inputFormats),
    outputFormats: sorted((capabilities) => capabilities.outputFormats),
    maxSessionMs: null,
    runsTools: targets.some(({ model }) => model.capabilities.runsTools),
  };
}

function speaks(formats: readonly AudioFormat[], wanted: AudioFormat): boolean {
  return formats.some((format) => sameFormat(format, wanted));
}

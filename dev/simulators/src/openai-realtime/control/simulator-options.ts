import type { Clock } from '@tandem/kit';
import type { LinkSettings } from '../../link/link.ts';
import type { Speak } from '../audio/voice.ts';
import type { Behaviour } from '../behaviours/behaviour.ts';
import type { Recognise } from '../conversation/caller-turns.ts';
import type { RecordingOptions } from '../recording/recording.ts';
import type { HostedServerScript } from '../mcp/hosted-servers.ts';
import type { Pace } from '../responses/open-output.ts';
import type { IdStyle } from '../wire/ids.ts';
import type { NullStyle } from '../wire/schema.ts';
import type { HandshakeRules } from './handshake.ts';

export interface RealtimeSimulatorOptions extends HandshakeRules {
  /** Behaviour of the sessions. Default: the guided booking dialogue. */
  readonly behaviour?: Behaviour;
  /** Words of every caller, utterance by utterance. */
  readonly callerLines?: readonly string[];
  /** Default: 300 ms to the first byte, deltas of 200 ms, five times real time. */
  readonly pace?: Partial<Pace>;
  /**
   * Recognises the caller's words in the audio, in place of caller lines; returns null where there are none.
   * The behaviour must need audio.
   */
  readonly recognise?: Recognise;
  /** Real speech in place of tone bursts. Results are remembered per text and format. */
  readonly speak?: Speak;
  /** Servers of the Model Context Protocol that sessions may name in their tools, by `server_url`. */
  readonly mcpServers?: readonly HostedServerScript[];
  /** Default 60 minutes. */
  readonly maxSessionMs?: number;
  /** Token budget of the organisation; responses above it fail. Default 15,000,000. */
  readonly tokensPerMinute?: number;
  /** `start` (default) as documented, `after-done` as recorded. */
  readonly rateLimitsAt?: 'start' | 'after-done';
  /** From commit to the caller's transcript. Default 400. */
  readonly transcriptionDelayMs?: number;
  /**
   * `observed` (default) sends nulls as recordings show; `schema` only where the published schema allows
   * them.
   */
  readonly nulls?: NullStyle;
  /** Default `usual`. */
  readonly ids?: IdStyle;
  /**
   * Holds every server event against the published schema; `stop` then rejects if one did not fit. Costly.
   */
  readonly selfCheck?: boolean;
  readonly record?: RecordingOptions;
  /** Time between server pings. Default 20,260, as recorded. */
  readonly pingIntervalMs?: number;
  /** Network between client and provider. Default: {@link INTERNET}. */
  readonly link?: LinkSettings;
  /** Decides the draws of links, and of faults with a probability. Default 1. */
  readonly seed?: number;
  /** Closed sessions kept for inspection; the oldest go first. Default 500. */
  readonly keepSessions?: number;
  readonly clock?: Clock;
}

export interface StartOptions {
  /** 0 (default) takes a free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Port of the HTTP control interface; 0 (default) takes a free one, `false` opens none. */
  readonly controlPort?: number | false;
}

export interface RunningAt {
  /** `ws://…/v1/realtime`, ready for `?model=…`. */
  readonly url: string;
  /** `ws://…/openai/v1/realtime`, the Azure spelling. */
  readonly azureUrl: string;
  /** Base of the control interface; empty without one. */
  readonly controlUrl: string;
}

import { globalAgent } from 'node:https';
import { PCMA_8K, PCM16_24K, PCMU_8K } from '@tandem/contracts';
import type {
  Clock,
  ModelSessionListener,
  ModelSessionSetup,
  VoiceModel,
  VoiceModelSession,
} from '@tandem/conversation';
import { WebSocket, type ClientOptions } from 'ws';
import { LIVENESS, type LivenessLimits } from './liveness.ts';
import { OpenAiRealtimeSession } from './openai-realtime-session.ts';
import type { RateLimit } from './wire/server-events.ts';

export interface OpenAiRealtimeOptions {
  /** `wss://api.openai.com/v1/realtime`, an Azure resource (`…/openai/v1/realtime`), or a simulator. */
  readonly url: string;
  readonly apiKey: string;
  readonly model: string;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
  /** Default 2 s. */
  readonly openTimeoutMs?: number;
  /** Maximum length of a session at the endpoint; default an hour. */
  readonly maxSessionMs?: number;
  readonly liveness?: Partial<LivenessLimits>;
  /** Called with each response. */
  readonly onRateLimits?: (limits: readonly RateLimit[]) => void;
  readonly connect?: (url: string, options: ClientOptions) => WebSocket;
}

/** Half a second of appended G.711: older audio is of no use to a conversation. */
const MAX_BUFFERED_BYTES = 64 * 1024;
const OPEN_TIMEOUT_MS = 2_000;
/** The Realtime API ends every session after an hour, without a warning. */
const MAX_SESSION_MS = 3_600_000;

/** OpenAI's Realtime API (GA), or a server with the same protocol. */
export function openAiRealtimeModel(options: OpenAiRealtimeOptions): VoiceModel {
  const url = new URL(options.url);
  url.searchParams.set('model', options.model);
  const isAzure = url.pathname.startsWith('/openai/');
  const headers: Record<string, string> = isAzure
    ? { 'api-key': options.apiKey }
    : { Authorization: `Bearer ${options.apiKey}` };
  return {
    provider: 'openai-realtime',
    capabilities: {
      inputFormats: [PCMU_8K, PCMA_8K, PCM16_24K],
      outputFormats: [PCMU_8K, PCMA_8K, PCM16_24K],
      maxSessionMs: options.maxSessionMs ?? MAX_SESSION_MS,
      runsTools: true,
    },
    open: (setup: ModelSessionSetup, listener: ModelSessionListener): VoiceModelSession =>
      new OpenAiRealtimeSession(setup, listener, {
        url: url.href,
        headers,
        model: options.model,
        openTimeoutMs: options.openTimeoutMs ?? OPEN_TIMEOUT_MS,
        maxBufferedBytes: MAX_BUFFERED_BYTES,
        liveness: { ...LIVENESS, ...options.liveness },
        onRateLimits: options.onRateLimits ?? (() => undefined),
        clock: options.clock,
        onError: options.onError,
        connect: options.connect ?? connect,
      }),
  };
}

/**
 * Connects; through the proxy of HTTPS_PROXY where NODE_USE_ENV_PROXY is set, which Node's agent then knows
 * (https://nodejs.org/docs/latest-v24.x/api/http.html#built-in-proxy-support). `ws` uses no agent by itself.
 */
function connect(url: string, options: ClientOptions): WebSocket {
  const isProxied = url.startsWith('wss:') && globalAgent.options.proxyEnv !== undefined;
  return new WebSocket(url, isProxied ? { ...options, agent: globalAgent } : options);
}

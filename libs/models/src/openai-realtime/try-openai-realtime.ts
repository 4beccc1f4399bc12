import { PCMU_8K, type ProviderError, type ProviderErrorCategory } from '@tandem/contracts';
import { RealClock, type ModelSessionListener, type ModelSessionSetup } from '@tandem/conversation';
import { openAiRealtimeModel } from './openai-realtime-model.ts';

/** The endpoint of a trial. */
export interface OpenAiRealtimeAccess {
  /** `wss://api.openai.com/v1/realtime`, an Azure resource or a simulator. */
  readonly url: string;
  readonly apiKey: string;
  readonly model: string;
}

/** The reason why no session can be opened at an endpoint. */
export interface UnusableModel {
  readonly category: ProviderErrorCategory;
  /** The provider's error code, or ours where it gave none. */
  readonly code: string;
  /** Cause, consequence and remedy in one sentence; holds no secret. */
  readonly sentence: string;
}

/** Includes name resolution and handshakes of a cold start. */
const TRIAL_TIMEOUT_MS = 5_000;

const TRIAL: ModelSessionSetup = {
  instructions: 'Say nothing.',
  tools: [],
  turnDetection: { kind: 'server-vad', threshold: 0.5, prefixPaddingMs: 300, silenceMs: 500 },
  turnOwner: 'session',
  language: 'en-US',
  voice: 'marin',
  transcriptionModel: '',
  inputFormat: PCMU_8K,
  outputFormat: PCMU_8K,
  history: () => [],
};

/**
 * Opens one session and closes it, which costs nothing. Resolves with null when it opened, else with the
 * reason; never rejects.
 */
export function tryOpenAiRealtime(
  access: OpenAiRealtimeAccess,
  timeoutMs = TRIAL_TIMEOUT_MS,
): Promise<UnusableModel | null> {
  return new Promise((resolve) => {
    const unusable = (error: ProviderError): void =>
      resolve({ category: error.category, code: codeOf(error), sentence: sentenceOf(error, access) });
    const clock = new RealClock(() => undefined);
    const model = openAiRealtimeModel({
      ...access,
      clock,
      openTimeoutMs: timeoutMs,
      onError: () => undefined,
    });
    const session = model.open(TRIAL, {
      ...DEAF,
      onReady: () => {
        resolve(null);
        session.close();
      },
      onClosed: (error) => error && unusable(error),
    });
  });
}

const nothing = (): void => undefined;
const DEAF: ModelSessionListener = {
  onReady: nothing,
  onAudio: nothing,
  onAgentText: nothing,
  onItemDone: nothing,
  onCallerSpeechStarted: nothing,
  onCallerSpeechStopped: nothing,
  onCallerText: nothing,
  onToolCall: nothing,
  onResponseStarted: nothing,
  onResponseDone: nothing,
  onMoved: nothing,
  onFault: nothing,
  onClosed: nothing,
};

/** The system's code (ENOTFOUND, ECONNREFUSED) is more precise than ours. */
function codeOf({ code, cause }: ProviderError): string {
  const system = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof system === 'string' && /^[A-Z][A-Z0-9_]{2,40}$/.test(system) ? system : code;
}

const MEANS = 'Calls use the next fallback of their agent until this is fixed.';

function sentenceOf(error: ProviderError, { url, model }: OpenAiRealtimeAccess): string {
  const { host } = new URL(url);
  const why: Record<ProviderErrorCategory, readonly [what: string, toDo: string]> = {
    authentication: [`${host} refuses the API key`, 'Set a valid OPENAI_API_KEY.'],
    quota: [
      `the account behind the API key has nothing left to spend at ${host}`,
      'Add credit to the account or raise its limit.',
    ],
    'rate-limit': [
      `${host} takes no more sessions for this API key now`,
      'Wait, or raise the limits of the account.',
    ],
    connectivity: [`${host} cannot be reached`, 'Check the network, the proxy and OPENAI_REALTIME_URL.'],
    'invalid-request': [
      `${host} refuses a session with the model "${model}"`,
      'Check OPENAI_REALTIME_MODEL and OPENAI_REALTIME_URL.',
    ],
    server: [`${host} failed`, 'Look at the status page of the provider.'],
    unknown: [`${host} opened no session`, 'Look the code up in the documents of the provider.'],
  };
  const [what, toDo] = why[error.category];
  return `OpenAI Realtime cannot be used: ${what} (${codeOf(error)}). ${MEANS} ${toDo}`;
}

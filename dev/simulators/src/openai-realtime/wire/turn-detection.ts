import { asString, at, isObject, type JsonObject } from './json.ts';

export const SERVER_VAD_DEFAULTS: JsonObject = {
  type: 'server_vad',
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
  create_response: true,
  interrupt_response: true,
  idle_timeout_ms: null,
};

const SEMANTIC_VAD_DEFAULTS: JsonObject = {
  type: 'semantic_vad',
  eagerness: 'auto',
  create_response: true,
  interrupt_response: true,
};

/** Fields of the same kind of detection are changed one by one; another kind starts from its own defaults. */
export function mergeTurnDetection(before: unknown, update: unknown): unknown {
  if (!isObject(update)) return update;
  const isSameKind = isObject(before) && before['type'] === update['type'];
  const base = isSameKind
    ? before
    : update['type'] === 'semantic_vad'
      ? SEMANTIC_VAD_DEFAULTS
      : SERVER_VAD_DEFAULTS;
  return { ...base, ...update };
}

export interface TurnDetectionConfig {
  readonly kind: 'server_vad' | 'semantic_vad';
  readonly threshold: number;
  readonly prefixPaddingMs: number;
  readonly silenceMs: number;
  readonly eagerness: 'low' | 'medium' | 'high';
  readonly createsResponse: boolean;
  readonly interruptsResponse: boolean;
  readonly idleTimeoutMs: number | null;
}

/** The turn detection of a session object, or null for manual turns. */
export function turnDetectionOf(session: JsonObject): TurnDetectionConfig | null {
  const raw = at(session, 'audio.input.turn_detection');
  if (!isObject(raw)) return null;
  const number = (key: string, fallback: number): number =>
    typeof raw[key] === 'number' ? raw[key] : fallback;
  const eagerness = asString(raw['eagerness']);
  return {
    kind: raw['type'] === 'semantic_vad' ? 'semantic_vad' : 'server_vad',
    threshold: number('threshold', 0.5),
    prefixPaddingMs: number('prefix_padding_ms', 300),
    silenceMs: number('silence_duration_ms', 500),
    eagerness: eagerness === 'low' || eagerness === 'high' ? eagerness : 'medium',
    createsResponse: raw['create_response'] !== false,
    interruptsResponse: raw['interrupt_response'] !== false,
    idleTimeoutMs: typeof raw['idle_timeout_ms'] === 'number' ? raw['idle_timeout_ms'] : null,
  };
}

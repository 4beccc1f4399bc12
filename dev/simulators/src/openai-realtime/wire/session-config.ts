import { WIRE_PCM } from './audio-format.ts';
import { at, isObject, type JsonObject } from './json.ts';
import type { NullStyle } from './schema.ts';
import { mergeTurnDetection, SERVER_VAD_DEFAULTS } from './turn-detection.ts';

export type SessionKind = 'realtime' | 'transcription';

/** The real server's instructions of a session that brings none; shortened. */
const DEFAULT_INSTRUCTIONS =
  'You are a helpful, witty, and friendly AI. Talk quickly. You should always call a function if you can.';

interface SessionIdentity {
  readonly id: string;
  readonly kind: SessionKind;
  readonly model: string;
  /** Unix time in seconds. */
  readonly expiresAt: number;
  readonly nulls: NullStyle;
}

/** The session object of `session.created`: the defaults a client sees before its first update. */
export function defaultSession(identity: SessionIdentity): JsonObject {
  const nothing = identity.nulls === 'observed' ? { transcription: null, noise_reduction: null } : {};
  const include = identity.nulls === 'observed' ? { include: null } : {};
  const input = { format: WIRE_PCM, ...nothing, turn_detection: { ...SERVER_VAD_DEFAULTS } };
  if (identity.kind === 'transcription') {
    const { threshold, prefix_padding_ms, silence_duration_ms } = SERVER_VAD_DEFAULTS;
    return {
      type: 'transcription',
      object: 'realtime.transcription_session',
      id: identity.id,
      expires_at: identity.expiresAt,
      audio: {
        input: {
          ...input,
          turn_detection: { type: 'server_vad', threshold, prefix_padding_ms, silence_duration_ms },
        },
      },
      ...include,
    };
  }
  return {
    type: 'realtime',
    object: 'realtime.session',
    id: identity.id,
    model: identity.model,
    output_modalities: ['audio'],
    instructions: DEFAULT_INSTRUCTIONS,
    audio: { input, output: { format: WIRE_PCM, voice: 'alloy', speed: 1 } },
    tools: [],
    tool_choice: 'auto',
    max_output_tokens: 'inf',
    truncation: 'auto',
    tracing: null,
    prompt: null,
    expires_at: identity.expiresAt,
    ...include,
  };
}

/** Objects whose fields an update changes one by one; every other value is replaced as a whole. */
const MERGED = new Set([
  'audio',
  'audio.input',
  'audio.output',
  'audio.input.transcription',
  'audio.input.noise_reduction',
]);

/** Returns the session after an update: only the fields present are changed. Neither argument is modified. */
export function mergeSession(current: JsonObject, update: JsonObject, nulls: NullStyle): JsonObject {
  const merged = mergeAt('', current, update);
  return nulls === 'observed' ? merged : withoutNulls(merged);
}

function mergeAt(path: string, current: JsonObject, update: JsonObject): JsonObject {
  const out: JsonObject = { ...current };
  for (const [key, value] of Object.entries(update)) {
    const childPath = path === '' ? key : `${path}.${key}`;
    const before = out[key];
    if (childPath === 'audio.input.turn_detection') out[key] = mergeTurnDetection(before, value);
    else if (MERGED.has(childPath) && isObject(before) && isObject(value))
      out[key] = mergeAt(childPath, before, value);
    else out[key] = structuredClone(value);
  }
  return out;
}

/** Drops the two cleared settings that the published schema cannot spell as null. */
function withoutNulls(session: JsonObject): JsonObject {
  const input = at(session, 'audio.input');
  if (isObject(input))
    for (const key of ['transcription', 'noise_reduction']) if (input[key] === null) delete input[key];
  if (session['include'] === null) delete session['include'];
  return session;
}

/** The `error` object of an `error` event, before the client's `event_id` is added. */
export interface ApiError {
  readonly type: string;
  readonly code: string | null;
  readonly message: string;
  readonly param: string | null;
}

/**
 * Where the spelling of a refusal comes from.
 * - `documented`: the API reference or our protocol notes.
 * - `observed`: error objects that users of the real server have published.
 * - `guessed`: nobody has published one; ours until a live check settles it.
 */
type Provenance = 'documented' | 'observed' | 'guessed';

/** Every refusal code the simulator sends, and how sure we are of it. README.md carries the same table. */
export const REFUSALS = {
  unknown_parameter: 'documented',
  missing_required_parameter: 'observed',
  invalid_value: 'observed',
  invalid_type: 'guessed',
  string_above_max_length: 'observed',
  integer_below_min_value: 'guessed',
  integer_above_max_value: 'guessed',
  decimal_below_min_value: 'guessed',
  decimal_above_max_value: 'guessed',
  empty_array: 'guessed',
  invalid_json: 'observed',
  invalid_event: 'observed',
  conversation_already_has_active_response: 'observed',
  response_cancel_not_active: 'observed',
  input_audio_buffer_commit_empty: 'observed',
  item_truncate_invalid_item_id: 'observed',
  item_delete_invalid_item_id: 'observed',
  item_retrieve_invalid_item_id: 'observed',
  item_create_invalid_previous_item_id: 'guessed',
  item_create_duplicate_item_id: 'guessed',
  invalid_tool_call_id: 'observed',
  cannot_update_voice: 'observed',
  cannot_update_model: 'guessed',
  cannot_update_speed: 'guessed',
  cannot_update_tracing: 'guessed',
  cannot_update_session_type: 'guessed',
  session_expired: 'observed',
  beta_api_shape_disabled: 'observed',
  invalid_api_key: 'observed',
  missing_model: 'observed',
  model_not_found: 'observed',
  rate_limit_exceeded: 'observed',
  insufficient_quota: 'observed',
} as const satisfies Record<string, Provenance>;

type RefusalCode = keyof typeof REFUSALS;

export function refusal(code: RefusalCode | null, message: string, param: string | null = null): ApiError {
  return { type: 'invalid_request_error', code, message, param };
}

export function unknownParameter(param: string): ApiError {
  return refusal('unknown_parameter', `Unknown parameter: '${param}'.`, param);
}

export function missingParameter(param: string): ApiError {
  return refusal('missing_required_parameter', `Missing required parameter: '${param}'.`, param);
}

/** `supported` in the order of the description. */
export function unsupportedValue(param: string, value: unknown, supported: readonly unknown[]): ApiError {
  const quoted = supported.map((entry) => `'${String(entry)}'`);
  const list =
    quoted.length < 2
      ? quoted.join('')
      : `${quoted.slice(0, -1).join(', ')}${quoted.length > 2 ? ',' : ''} and ${String(quoted.at(-1))}`;
  const shown = typeof value === 'string' ? value : JSON.stringify(value);
  return refusal('invalid_value', `Invalid value: '${shown}'. Supported values are: ${list}.`, param);
}

export function invalidType(param: string, expected: string, actual: unknown): ApiError {
  return refusal(
    'invalid_type',
    `Invalid type for '${param}': expected ${expected}, but got ${nameOfType(actual)} instead.`,
    param,
  );
}

export function tooLong(param: string, maxLength: number, length: number): ApiError {
  return refusal(
    'string_above_max_length',
    `Invalid '${param}': string too long. Expected a string with maximum length ${maxLength}, but got a ` +
      `string with length ${length} instead.`,
    param,
  );
}

/** A number outside its bounds, in the wording the API uses for integers and decimals. */
export function outOfRange(
  param: string,
  value: number,
  bound: { min: number } | { max: number },
  kind: 'integer' | 'decimal',
): ApiError {
  const isBelow = 'min' in bound;
  const code = `${kind}_${isBelow ? 'below_min' : 'above_max'}_value` as const;
  const limit = isBelow ? `>= ${bound.min}` : `<= ${bound.max}`;
  return refusal(
    code,
    `Invalid '${param}': ${kind} ${isBelow ? 'below minimum' : 'above maximum'} value. Expected a value ` +
      `${limit}, but got ${value} instead.`,
    param,
  );
}

function nameOfType(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  switch (typeof value) {
    case 'object':
      return 'an object';
    case 'number':
      return Number.isInteger(value) ? 'an integer' : 'a decimal';
    case 'boolean':
      return 'a boolean';
    default:
      return 'a string';
  }
}

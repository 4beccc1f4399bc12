import { missingParameter, outOfRange, refusal, tooLong, type ApiError } from './api-error.ts';
import { asArray, asObject, asString, has, type JsonObject } from './json.ts';

const TOOL_NAME = /^[a-zA-Z0-9_-]+$/;
const MAX_TOOL_NAME_LENGTH = 64;
const SERVER_LABEL = /^[a-zA-Z][a-zA-Z0-9_-]{0,63}$/;

/** The rules for modalities, output limit and tools, of a session and of one response. */
export function outputFault(path: 'session' | 'response', params: JsonObject): ApiError | null {
  return (
    modalitiesFault(path, params) ??
    outputTokensFault(path, params) ??
    toolsFault(path, params) ??
    labelFault(path, params)
  );
}

function modalitiesFault(path: string, params: JsonObject): ApiError | null {
  if (!has(params, 'output_modalities')) return null;
  const modalities = asArray(params['output_modalities']);
  if (modalities.length === 1) return null;
  const shown = `[${modalities.map((entry) => `'${String(entry)}'`).join(', ')}]`;
  const message = `Invalid modalities: ${shown}. Supported combinations are: ['text'] and ['audio'].`;
  return refusal('invalid_value', message, `${path}.output_modalities`);
}

/**
 * Output limit of the first GA models; larger ones exist and take more (`max_output_tokens` in the API
 * reference).
 */
const MAX_OUTPUT_TOKENS = 4096;

function outputTokensFault(path: string, params: JsonObject): ApiError | null {
  const limit = params['max_output_tokens'];
  if (typeof limit !== 'number') return null;
  if (limit < 1) return outOfRange(`${path}.max_output_tokens`, limit, { min: 1 }, 'integer');
  return limit > MAX_OUTPUT_TOKENS
    ? outOfRange(`${path}.max_output_tokens`, limit, { max: MAX_OUTPUT_TOKENS }, 'integer')
    : null;
}

/** The ways to name a server; exactly one must be there. */
const SERVER_PLACES = ['server_url', 'connector_id', 'tunnel_id'];

function serverFault(param: string, tool: JsonObject): ApiError | null {
  const label = asString(tool['server_label']) ?? '';
  if (!SERVER_LABEL.test(label))
    return refusal(
      'invalid_value',
      `Invalid '${param}.server_label': string does not match pattern '${SERVER_LABEL.source}'.`,
      `${param}.server_label`,
    );
  const places = SERVER_PLACES.filter((place) => has(tool, place));
  if (places.length === 0) return missingParameter(`${param}.server_url`);
  if (places.length > 1)
    return refusal('invalid_value', `Only one of ${SERVER_PLACES.join(', ')} may be given.`, param);
  const url = asString(tool['server_url']);
  if (url !== undefined && !/^https?:\/\/[^\s]+$/.test(url))
    return refusal('invalid_value', `Invalid '${param}.server_url': not a URL.`, `${param}.server_url`);
  return null;
}

function labelFault(path: string, params: JsonObject): ApiError | null {
  const labels = asArray(params['tools']).flatMap((tool) => asString(asObject(tool)['server_label']) ?? []);
  const twice = labels.find((label, index) => labels.indexOf(label) < index);
  return twice === undefined
    ? null
    : refusal('invalid_value', `Duplicate server_label found: '${twice}'.`, `${path}.tools`);
}

function toolsFault(path: string, params: JsonObject): ApiError | null {
  for (const [index, raw] of asArray(params['tools']).entries()) {
    const tool = asObject(raw);
    const param = `${path}.tools[${index}]`;
    const type = asString(tool['type']);
    if (type === undefined) return missingParameter(`${param}.type`);
    if (type === 'mcp') {
      const error = serverFault(param, tool);
      if (error) return error;
      continue;
    }
    const name = asString(tool['name']);
    if (name === undefined) return missingParameter(`${param}.name`);
    if (name.length > MAX_TOOL_NAME_LENGTH)
      return tooLong(`${param}.name`, MAX_TOOL_NAME_LENGTH, name.length);
    if (!TOOL_NAME.test(name)) {
      const message =
        `Invalid '${param}.name': string does not match pattern. Expected a string that matches the ` +
        `pattern '${TOOL_NAME.source}'.`;
      return refusal('invalid_value', message, `${param}.name`);
    }
  }
  return null;
}

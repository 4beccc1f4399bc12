import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { splitArguments } from '../dialplan/arguments.ts';
import { DialplanError } from '../dialplan/dialplan-error.ts';
import type { DialplanFunction, FunctionContext } from './dialplan-function.ts';

interface CurlOptions {
  readonly headers: readonly string[];
  readonly timeoutMs: number;
  readonly failureCodes: ReadonlySet<number>;
}

/** Options of `CURLOPT()` that our dialplans may set. */
const KNOWN_OPTIONS: ReadonlySet<string> = new Set([
  'httpheader',
  'conntimeout',
  'httptimeout',
  'dnstimeout',
  'failurecodes',
  'ssl_verifypeer',
]);
const TIMEOUT_MS = 180_000;
const LONGEST_ANSWER = 65_536;

/** `Set(CURLOPT(key)=value)`: headers add up, everything else is replaced. */
export const curlOption: DialplanFunction = {
  write: (key, value, { channel, step }) => {
    const name = key.toLowerCase();
    if (!KNOWN_OPTIONS.has(name)) throw new DialplanError(step, `CURLOPT(${key}) is not supported`);
    const options = channel.curlOptions;
    const known = name === 'httpheader' ? -1 : options.findIndex((option) => option.key === name);
    if (known >= 0) options.splice(known, 1);
    options.push({ key: name, value });
  },
};

/**
 * `CURL(url[,post-data])`: the body of the answer without blanks at its end, whatever its status; empty when
 * there was none. With post-data the request is a POST. libcurl sends the form's content type unless a header
 * of that name was set.
 */
export const curl: DialplanFunction = {
  read: async (args, context) => {
    const [url = '', body] = splitArguments(args);
    if (!URL.canParse(url)) throw new DialplanError(context.step, `"${url}" is not a URL`);
    const { journal } = context.channel;
    const sentMs = journal.nowMs;
    const options = optionsOf(context);
    const { status, text } = await context.channel.until(send(url, body, options));
    journal.add({
      kind: 'request',
      url,
      fields: Object.fromEntries(new URLSearchParams(body ?? '')),
      httpStatus: status,
      answer: text,
      tookMs: journal.nowMs - sentMs,
    });
    forgetFailureCodes(context);
    return options.failureCodes.has(status) ? '' : text.trimEnd();
  },
};

function optionsOf({ channel }: FunctionContext): CurlOptions {
  const values = (key: string) =>
    channel.curlOptions.filter((option) => option.key === key).map(({ value }) => value);
  const timeout = Number(values('httptimeout')[0]);
  return {
    headers: values('httpheader'),
    timeoutMs: timeout > 0 ? timeout * 1000 : TIMEOUT_MS,
    failureCodes: new Set(values('failurecodes').flatMap((codes) => codes.split(',').map(Number))),
  };
}

/** As in 22.10.1: `strsep` cuts the stored list, so from the second request on the first code is left. */
function forgetFailureCodes({ channel }: FunctionContext): void {
  for (const option of channel.curlOptions)
    if (option.key === 'failurecodes') option.value = option.value.split(',')[0] ?? '';
}

function send(
  url: string,
  body: string | undefined,
  { headers, timeoutMs }: CurlOptions,
): Promise<{ readonly status: number; readonly text: string }> {
  const { promise, resolve } = Promise.withResolvers<{ status: number; text: string }>();
  const given = headers.map((header) => splitHeader(header));
  const request = (url.startsWith('https:') ? httpsRequest : httpRequest)(url, {
    method: body === undefined ? 'GET' : 'POST',
    agent: false,
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      'user-agent': 'asterisk-libcurl-agent/1.0',
      accept: '*/*',
      ...(body !== undefined && {
        'content-type': 'application/x-www-form-urlencoded',
        'content-length': Buffer.byteLength(body),
      }),
      ...Object.fromEntries(given),
    },
  });
  request.on('error', () => resolve({ status: 0, text: '' }));
  request.on('response', (response) => {
    let text = '';
    response.setEncoding('utf8');
    response.on('data', (piece: string) => (text = (text + piece).slice(0, LONGEST_ANSWER)));
    response.on('error', () => resolve({ status: 0, text: '' }));
    response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
  });
  request.end(body);
  return promise;
}

function splitHeader(header: string): [string, string] {
  const at = header.indexOf(':');
  return [header.slice(0, at).trim().toLowerCase(), header.slice(at + 1).trim()];
}

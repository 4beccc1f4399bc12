import type { ErrorCode } from '../reference/call-errors.ts';

type StreamUrlCheck =
  | { readonly ok: true; readonly url: URL }
  | { readonly ok: false; readonly code: ErrorCode; readonly detail: string };

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

/**
 * Checks `<Stream url>` as Twilio does: absolute, `wss`, no query string. Plain `ws` is allowed to loopback
 * only, so that a demo needs no certificate; everything else behaves as in production.
 */
export function checkStreamUrl(text: string): StreamUrlCheck {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return { ok: false, code: 31_923, detail: `"${text}" is not an absolute URL` };
  }
  if (url.protocol !== 'wss:' && !(url.protocol === 'ws:' && isLoopback(url.hostname))) {
    return { ok: false, code: 31_922, detail: `${url.protocol}// is not supported, use wss://` };
  }
  if (text.includes('?')) {
    return {
      ok: false,
      code: 31_920,
      detail: 'a query string is not supported on a stream URL, use <Parameter>',
    };
  }
  return { ok: true, url };
}

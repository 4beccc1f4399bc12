import type { HttpClient } from '../http/calendar-http.ts';

/** Requests of specs, without the guard that services put before them. */
export const fetchClient: HttpClient = {
  async request({ method, url, headers, body, timeoutMs }) {
    const response = await fetch(url, {
      method,
      headers,
      body,
      signal: AbortSignal.timeout(timeoutMs),
      redirect: 'manual',
    });
    const seconds = response.headers.get('retry-after');
    return {
      status: response.status,
      retryAfterMs: seconds === null ? null : Number(seconds) * 1_000,
      mediaType: (response.headers.get('content-type') ?? '').split(';')[0] ?? '',
      text: await response.text(),
      isCutOff: false,
      entityTag: response.headers.get('etag'),
    };
  },
};

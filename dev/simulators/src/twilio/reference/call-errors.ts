// Twilio's error and warning codes that this simulator raises. Titles follow twilio.com/docs/api/errors.

type ErrorLevel = 'error' | 'warning';

const CODES = {
  11100: ['error', 'Invalid URL format'],
  11200: ['error', 'HTTP retrieval failure'],
  11205: ['error', 'HTTP connection failure'],
  11206: ['error', 'HTTP protocol violation'],
  11210: ['error', 'HTTP bad host name'],
  11220: ['error', 'SSL/TLS handshake error'],
  11243: ['error', 'HTTP retry policy is invalid'],
  11750: ['error', 'TwiML response body too large'],
  12100: ['error', 'Document parse failure'],
  12102: ['error', 'Root element must be Response'],
  12200: ['warning', 'Schema validation warning'],
  12300: ['error', 'Invalid Content-Type'],
  13201: ['error', 'Dial: Cannot Dial out from a Dial call segment'],
  13520: ['error', 'Say: Invalid text'],
  21262: ['warning', 'Async AMD without a status callback'],
  31901: ['error', 'Stream - WebSocket - Connection Timeout'],
  31902: ['error', 'Stream - WebSocket - Connection Refused'],
  31903: ['error', 'Stream - WebSocket - Connection Broken Pipe'],
  31910: ['error', 'Stream - WebSocket - SSL Protocol Error'],
  31920: ['error', 'Stream - WebSocket - Handshake Error'],
  31921: ['error', 'Stream - WebSocket - Close Error'],
  31922: ['error', 'Stream - WebSocket - URL Schema Not Supported'],
  31923: ['error', 'Stream - WebSocket - Malformed URL'],
  31924: ['error', 'Stream - WebSocket - Protocol Error'],
  31930: ['warning', 'Stream - Media - Buffer Overflow'],
  31951: ['warning', 'Stream - Protocol - Invalid Message'],
} as const satisfies Record<number, readonly [ErrorLevel, string]>;

export type ErrorCode = keyof typeof CODES;

export interface CallError {
  readonly code: ErrorCode;
  readonly level: ErrorLevel;
  readonly title: string;
  readonly detail: string;
  /** ms from the start of the call. */
  readonly atMs: number;
}

export function errorLevel(code: ErrorCode): ErrorLevel {
  return CODES[code][0];
}

export function errorTitle(code: ErrorCode): string {
  return CODES[code][1];
}

import type { ErrorCode } from '../reference/call-errors.ts';

const CODES: Readonly<Record<string, ErrorCode>> = {
  ECONNREFUSED: 31_902,
  ETIMEDOUT: 31_901,
  EHOSTUNREACH: 31_901,
  ENETUNREACH: 31_901,
  ENOTFOUND: 31_901,
  EAI_AGAIN: 31_901,
  EPROTO: 31_910,
};

const TLS_CODE = /^ERR_(TLS|SSL)|CERT|SELF_SIGNED/;

/**
 * Sorts a failed WebSocket handshake into Twilio's codes: 31901 no answer, 31902 refused, 31910 TLS, else
 * 31920.
 */
export function handshakeFailure(error: NodeJS.ErrnoException): {
  readonly code: ErrorCode;
  readonly detail: string;
} {
  const detail = error.message;
  if (detail === 'Opening handshake has timed out') return { code: 31_901, detail };
  const code = error.code ?? '';
  if (TLS_CODE.test(code)) return { code: 31_910, detail };
  return { code: CODES[code] ?? 31_920, detail };
}

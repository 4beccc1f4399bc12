import type { ClientRequest, IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { ErrorCode } from '../reference/call-errors.ts';
import type { RequestBudget, RetryPolicy } from './connection-overrides.ts';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

export type Attempt =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType: string;
      readonly body: Buffer;
    }
  | {
      readonly kind: 'failed';
      readonly policy: RetryPolicy;
      readonly code: ErrorCode;
      readonly detail: string;
    };

class AttemptError extends Error {
  readonly policy: RetryPolicy;

  constructor(policy: RetryPolicy, message: string) {
    super(message);
    this.policy = policy;
  }
}

function failedAttempt(error: NodeJS.ErrnoException, isConnected: boolean): Attempt {
  const policy = error instanceof AttemptError ? error.policy : isConnected ? 'rt' : 'ct';
  const detail = error.message || (error.code ?? 'the request failed');
  const code = error.code ?? '';
  if (code.startsWith('HPE_')) return { kind: 'failed', policy, code: 11_206, detail };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return { kind: 'failed', policy, code: 11_210, detail };
  if (/^ERR_(TLS|SSL)|CERT|SELF_SIGNED|EPROTO/.test(code))
    return { kind: 'failed', policy, code: 11_220, detail };
  return { kind: 'failed', policy, code: policy === 'ct' ? 11_205 : 11_200, detail };
}

async function readBody(response: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of response as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES)
      throw new AttemptError('rt', `the answer is larger than ${MAX_BODY_BYTES} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

/** Sends a request once. Resolves with the answer, or with what went wrong; never rejects. */
export function attemptWebhook(
  send: () => ClientRequest,
  budget: RequestBudget,
  leftMs: number,
): Promise<Attempt> {
  const { promise, resolve } = Promise.withResolvers<Attempt>();
  const request = send();
  let isConnected = false;
  const fail = (policy: RetryPolicy, detail: string) => request.destroy(new AttemptError(policy, detail));
  const connectTimer = setTimeout(
    () => fail('ct', `no connection within ${budget.connectMs} ms`),
    Math.min(budget.connectMs, leftMs),
  );
  const totalTimer = setTimeout(
    () => fail(isConnected ? 'rt' : 'ct', `no answer within ${budget.totalMs} ms in all`),
    leftMs,
  );
  let readTimer: NodeJS.Timeout | undefined;
  const connected = () => {
    isConnected = true;
    clearTimeout(connectTimer);
    readTimer = setTimeout(() => fail('rt', `no answer within ${budget.readMs} ms`), budget.readMs);
  };
  request.on('socket', (socket) =>
    socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', connected),
  );
  request.on('error', (error) => resolve(failedAttempt(error, isConnected)));
  request.on('response', (response) => {
    const status = response.statusCode ?? 0;
    const contentType = response.headers['content-type'] ?? '';
    readBody(response).then(
      (body) => resolve({ kind: 'answered', status, contentType, body }),
      (error: NodeJS.ErrnoException) => {
        request.destroy();
        resolve(failedAttempt(error, true));
      },
    );
  });
  return promise.finally(() => {
    clearTimeout(connectTimer);
    clearTimeout(totalTimer);
    clearTimeout(readTimer);
  });
}

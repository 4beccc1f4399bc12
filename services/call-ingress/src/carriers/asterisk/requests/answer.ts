import type { Request, Response } from 'express';
import type { AsteriskReply } from '../adapter/asterisk-reply.ts';
import { toLine } from '../adapter/asterisk-reply.ts';

/** Sends the reply: as JSON for a request that accepts it, else as one line of text. */
export function answerWith(request: Request, response: Response, reply: string): void {
  if (request.header('accept')?.includes('application/json')) response.type('application/json').send(reply);
  else response.type('text/plain').send(toLine(JSON.parse(reply) as AsteriskReply));
}

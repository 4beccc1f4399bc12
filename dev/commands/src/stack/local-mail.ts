import { randomBytes } from 'node:crypto';
import { MailSink, type TakenMail } from '@tandem/simulators';
import type { Log } from '@tandem/stack';

/** Lines of a mail that are printed. */
const MAX_LINES = 40;

/** Mail of a stack on this machine. */
export interface LocalMail {
  /** Settings for the services; empty where mail is set up, or not wanted. */
  readonly env: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const NONE: LocalMail = { env: {}, stop: () => Promise.resolve() };

/**
 * Starts a mail server on 127.0.0.1 that prints what it gets and sends nothing on, unless the settings name
 * one. It lives in this process and keeps nothing.
 * @param print null for no mail
 */
export async function startLocalMail(
  env: Readonly<Record<string, string>>,
  print: Log | null,
): Promise<LocalMail> {
  if (print === null || env.SMTP_URL || env.MAIL_FROM) return NONE;
  const sink = new MailSink(randomBytes(12).toString('hex'), (mail) => print(printedMail(mail)));
  const url = await sink.start();
  return {
    env: { SMTP_URL: url, MAIL_FROM: 'Northwind Home Services <office@northwind.example>' },
    stop: () => sink.stop(),
  };
}

/** Returns a mail as it is shown: without the bytes that only mail programs read. */
export function printedMail({ from, to, raw }: TakenMail): string {
  const lines = raw.split(/\r?\n/).map((line) => `  | ${line}`);
  const shown = lines.slice(0, MAX_LINES);
  const left = lines.length - shown.length;
  return [
    `\ne-mail from ${from} to ${to.join(', ')} (taken here, sent to nobody)`,
    ...shown,
    ...(left > 0 ? [`  | … ${left} more lines`] : []),
  ].join('\n');
}

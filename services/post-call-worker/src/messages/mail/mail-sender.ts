import { createTransport } from 'nodemailer';
import { mailHtml } from './mail-html.ts';

export interface MailOptions {
  /** smtp:// or smtps://, with user and password. */
  readonly smtpUrl?: string | undefined;
  readonly from?: string | undefined;
  readonly replyTo?: string | undefined;
}

export interface OutgoingMail {
  /** Ours; part of the Message-ID, so that a copy is known as one. */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  /** Plain text; the HTML is made from it. */
  readonly text: string;
}

/** The outcome of handing an e-mail over, with the meanings of a text message's. */
export type MailOutcome =
  | { readonly kind: 'accepted'; readonly providerId: string }
  | { readonly kind: 'not-set-up' }
  | { readonly kind: 'refused' | 'not-taken' | 'uncertain'; readonly code: string };

/** Time to connect, for the greeting, and between two lines of the server. */
const TIMES_MS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000 };
/** Sends e-mail over one server. */
export class MailSender {
  private readonly transport: ReturnType<typeof createTransport> | null;

  constructor(private readonly options: MailOptions) {
    const { smtpUrl } = options;
    this.transport =
      smtpUrl === undefined
        ? null
        : createTransport({ url: smtpUrl, ...TIMES_MS, disableFileAccess: true, disableUrlAccess: true });
  }

  /** Hands one message over. Always resolves. */
  async send({ id, to, subject, text }: OutgoingMail): Promise<MailOutcome> {
    const { from, replyTo } = this.options;
    if (!this.transport || from === undefined) return { kind: 'not-set-up' };
    const domain = /@([^>@\s]+)>?$/.exec(from)?.[1] ?? 'localhost';
    const messageId = `<${id}@${domain}>`;
    try {
      await this.transport.sendMail({
        from,
        to: { name: '', address: to },
        subject,
        text,
        html: mailHtml(text),
        messageId,
        headers: { 'X-From-Ai-Assistant': 'true', 'Auto-Submitted': 'auto-generated' },
        ...(replyTo === undefined ? {} : { replyTo }),
      });
      return { kind: 'accepted', providerId: messageId };
    } catch (error) {
      return outcomeOf(error);
    }
  }
}

/**
 * Returns the meaning of an error. Only a refusal by code and a connection that never was tell for certain
 * that the server has no message: nodemailer names the step CONN also when the connection ends later. The
 * server's words are not repeated: they may hold addresses.
 */
function outcomeOf(error: unknown): MailOutcome {
  const { responseCode, code, syscall } = error as {
    responseCode?: unknown;
    code?: unknown;
    syscall?: unknown;
  };
  if (code === 'EAUTH') return { kind: 'not-taken', code: 'smtp-login' };
  if (typeof responseCode === 'number')
    return { kind: responseCode < 500 ? 'not-taken' : 'refused', code: `smtp-${responseCode}` };
  const said = typeof code === 'string' ? `smtp-${code.toLowerCase()}`.slice(0, 60) : 'smtp-failed';
  return { kind: code === 'EDNS' || syscall === 'connect' ? 'not-taken' : 'uncertain', code: said };
}

import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** An e-mail that the sink took. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came over the wire, headers included. */
  readonly raw: string;
}

/** The next answer of the sink: a code of SMTP for the receiver, or a connection cut after the message. */
export type MailFault = { readonly code: number } | 'cut-after-data';

const MAX_BYTES = 5 * 1024 * 1024;
const USER = 'office';

/** A mail server on this machine that takes every message and sends none on. It asks for a password. */
export class MailSink {
  readonly taken: TakenMail[] = [];
  private readonly faults: MailFault[] = [];
  private readonly server: SMTPServer;

  constructor(
    private readonly password: string,
    onMail: (mail: TakenMail) => void = () => undefined,
  ) {
    this.server = new SMTPServer({
      size: MAX_BYTES,
      authMethods: ['PLAIN', 'LOGIN'],
      hideSTARTTLS: true,
      allowInsecureAuth: true,
      onAuth: ({ username, password: given }, _session, done) => {
        const isRight = username === USER && given === this.password;
        done(isRight ? null : refusal(535, 'authentication failed'), isRight ? { user: USER } : undefined);
      },
      onRcptTo: (_address, _session, done) => {
        const [fault] = this.faults;
        if (typeof fault !== 'object') return done();
        this.faults.shift();
        done(refusal(fault.code, 'refused by the sink'));
      },
      onData: (stream, { envelope }, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const mail = {
            from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
            to: envelope.rcptTo.map(({ address }) => address),
            raw: Buffer.concat(chunks).toString('utf8'),
          };
          this.taken.push(mail);
          onMail(mail);
          if (this.faults[0] !== 'cut-after-data') return done();
          this.faults.shift();
          for (const connection of this.server.connections) connection.close();
        });
      },
    });
    // A client that hangs up in the middle is no fault of the sink.
    this.server.on('error', () => undefined);
  }

  /** Returns the address with user and password. */
  async start(port = 0, host = '127.0.0.1'): Promise<string> {
    await new Promise<void>((listening) => this.server.listen(port, host, () => listening()));
    const at = (this.server.server.address() as AddressInfo).port;
    return `smtp://${USER}:${encodeURIComponent(this.password)}@${host}:${at}`;
  }

  stop(): Promise<void> {
    return new Promise((closed) => this.server.close(() => closed()));
  }

  /** Lets the next messages fail. */
  fail(...faults: MailFault[]): void {
    this.faults.push(...faults);
  }
}

const refusal = (responseCode: number, message: string): Error =>
  Object.assign(new Error(message), { responseCode });

import { parseArgs } from 'node:util';
import { MailSink } from './mail-sink.ts';

const HELP = `A mail server that prints what it gets and sends nothing on.

Usage
  node dev/simulators/dist/mail/cli.js [--host 127.0.0.1] [--port 2525] [--password demo]

Set the address it prints as SMTP_URL, and MAIL_FROM to any address. Ctrl+C ends it.
`;

const { values } = parseArgs({
  options: {
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '2525' },
    password: { type: 'string', default: 'demo' },
    help: { type: 'boolean', default: false },
  },
});

if (values.help || !/^\d{1,5}$/.test(values.port)) console.log(HELP);
else {
  const sink = new MailSink(values.password, ({ from, to, raw }) =>
    console.log(`\n--- from ${from} to ${to.join(', ')}\n${raw}`),
  );
  console.log(`SMTP_URL=${await sink.start(Number(values.port), values.host)}`);
}

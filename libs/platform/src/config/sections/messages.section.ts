import { z } from 'zod';
import { section } from '../setting.ts';
import { url, wholeNumber } from './forms.ts';

export const messagesSection = section('Messages', 'Answers to text messages, and messages of agents.', {
  messageConcurrency: {
    env: 'MESSAGE_CONCURRENCY',
    schema: wholeNumber(1, 100).default(8),
    unit: 'jobs',
    description: 'Messages one worker answers or sends at a time; most of the time it waits for a model.',
  },
});

const MAILBOX = /^(?:[^<>"\r\n]{1,100}<)?[^\s<>@"]{1,64}@[^\s<>@"]{1,255}>?$/;
const mailbox = z.string().max(320).regex(MAILBOX, 'must be an address, such as Sarah <sarah@example.com>');

export const mailSenderSection = section('Sender of e-mail', 'The address that agents write from.', {
  mailFrom: {
    env: 'MAIL_FROM',
    schema: mailbox.optional(),
    description: 'Sender of all e-mail, as an address or a name with one in angle brackets.',
    whenUnset: 'agents cannot send e-mail, and say so',
    example: 'Acme Plumbing <office@example.com>',
  },
});

export const mailSection = section('E-mail', 'The server over which agents send e-mail.', {
  smtpUrl: {
    env: 'SMTP_URL',
    needs: ['MAIL_FROM'],
    schema: url('smtp', 'smtps').optional(),
    isSecret: true,
    description:
      'Address of the mail server, with user and password where it asks for them; smtps:// for TLS from ' +
      'the first byte, smtp:// for TLS as soon as the server offers it.',
    whenUnset: 'e-mail of agents fails',
    example: 'smtps://user:password@mail.example.com:465',
  },
  mailReplyTo: {
    env: 'MAIL_REPLY_TO',
    needs: ['SMTP_URL'],
    schema: mailbox.optional(),
    description: 'Where answers to e-mail go.',
    whenUnset: 'to MAIL_FROM',
    example: 'office@example.com',
  },
});

export { MailSink, type MailFault, type TakenMail } from './mail-sink.ts';

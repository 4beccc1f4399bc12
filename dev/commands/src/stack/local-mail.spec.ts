import { afterEach, describe, expect, it } from '@jest/globals';
import { createConnection } from 'node:net';
import { printedMail, startLocalMail, type LocalMail } from './local-mail.ts';

let mail: LocalMail | null = null;
afterEach(async () => {
  await mail?.stop();
  mail = null;
});

describe('the mail of a stack on this machine', () => {
  it('is a server of its own where none is set, and is gone with the stack', async () => {
    mail = await startLocalMail({}, () => undefined);
    const { hostname, port } = new URL(mail.env['SMTP_URL']!);
    expect(hostname).toBe('127.0.0.1');
    expect(mail.env['MAIL_FROM']).toContain('@');
    expect(await greeting(Number(port))).toMatch(/^220 /);
    await mail.stop();
    mail = null;
    await expect(greeting(Number(port))).rejects.toThrow('ECONNREFUSED');
  });

  it('is the configured one where there is one, and none where none is wanted', async () => {
    expect((await startLocalMail({ SMTP_URL: 'smtp://mail.example' }, () => undefined)).env).toEqual({});
    expect((await startLocalMail({}, null)).env).toEqual({});
  });

  it('is printed with its receivers, and in part when it is long', () => {
    const raw = `Subject: Your visit\r\n\r\n${'line\r\n'.repeat(60)}`;
    const text = printedMail({ from: 'a@b.example', to: ['c@d.example'], raw });
    expect(text).toContain('e-mail from a@b.example to c@d.example');
    expect(text).toContain('Subject: Your visit');
    expect(text).toMatch(/… \d+ more lines$/);
  });
});

/** Returns the first words of a server. */
function greeting(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(port, '127.0.0.1');
    socket.once('error', reject);
    socket.once('data', (data) => {
      socket.destroy();
      resolve(data.toString());
    });
  });
}

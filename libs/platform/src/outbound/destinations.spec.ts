import { describe, expect, it } from '@jest/globals';
import { Destinations } from './destinations.ts';

const strict = new Destinations([]);
const trusting = new Destinations(['10.1.0.0/16', 'fd00:1::/32']);

describe('destinations of outbound requests', () => {
  it.each([
    'https://hooks.example.com/tandem',
    'https://hooks.example.com:8443/a?b=c',
    'https://93.184.216.34/',
    'https://[2606:2800:220:1:248:1893:25c8:1946]/',
    'https://[64:ff9b::5db8:d822]/',
    'https://[::ffff:5db8:d822]/',
    'https://[::ffff:93.184.216.34]/',
  ])('takes %s', (url) => {
    expect(strict.problemOf(url)).toBeNull();
  });

  it.each([
    'http://hooks.example.com/',
    'ftp://hooks.example.com/',
    'file:///etc/passwd',
    'https://hooks.example.com:22/',
    'https://user:secret@hooks.example.com/',
    'https://hooks.example.com/#part',
    'https://127.0.0.1/',
    'https://127.1/',
    'https://2130706433/',
    'https://0x7f.0.0.1/',
    'https://0177.0.0.1/',
    'https://0/',
    'https://10.1.2.3/',
    'https://100.64.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://172.16.0.1/',
    'https://192.168.1.1/',
    'https://224.0.0.1/',
    'https://255.255.255.255/',
    'https://[::]/',
    'https://[::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:7f00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[64:ff9b::a9fe:a9fe]/',
    'https://[64:ff9b::a00:1]/',
    'https://[64:ff9b:1::5db8:d822]/',
    'https://[64:ff9b:0:0:1::5db8:d822]/',
    'https://[::ffff:0:a00:1]/',
    'https://[::5db8:d822]/',
    'https://[fd00::1]/',
    'https://[fe80::1]/',
    'https://[ff02::1]/',
    'https://[2002:7f00:1::]/',
    'https://[2001:0:7f00:1::]/',
    'https://[100::1]/',
    `https://hooks.example.com/${'a'.repeat(2_048)}`,
    'not a url',
  ])('refuses %s', (url) => {
    expect(strict.problemOf(url)).not.toBeNull();
  });

  it('allow trusted networks, also over http and on any port', () => {
    expect(trusting.problemOf('http://10.1.2.3:9000/hook')).toBeNull();
    expect(trusting.problemOf('https://[fd00:1::7]:9000/')).toBeNull();
    expect(trusting.problemOf('http://10.2.0.1/')).not.toBeNull();
  });

  const resolved = (destinations: Destinations, url: string): Promise<unknown> =>
    new Promise((done) =>
      destinations.lookup(new URL(url))(new URL(url).hostname, { all: true }, (error, addresses) =>
        done(error ? error.name : addresses),
      ),
    );

  it('refuse private addresses that a name resolves to', async () => {
    expect(strict.problemOf('https://localhost/')).toBeNull();
    expect(await resolved(strict, 'https://localhost/')).toBe('DestinationRefused');
  });

  it('allow http to trusted networks only', async () => {
    const local = new Destinations(['127.0.0.0/8', '::1/128']);
    expect(await resolved(local, 'http://localhost:9000/')).not.toBe('DestinationRefused');
    expect(await resolved(trusting, 'http://localhost:9000/')).toBe('DestinationRefused');
  });

  it('check a NAT64 address by its IPv4 address, in any spelling', () => {
    const local = new Destinations(['10.1.0.0/16']);
    expect(local.problemOf('https://[64:ff9b::a01:203]:9000/')).toBeNull();
    expect(local.problemOf('https://[64:ff9b::10.2.2.3]/')).not.toBeNull();
  });

  it('refuse a name for the same reason as its address', async () => {
    expect(await strict.problemOfResolved('https://localhost/')).toContain('private or reserved');
    expect(
      await new Destinations(['127.0.0.0/8', '::1/128']).problemOfResolved('http://localhost:9000/'),
    ).toBeNull();
    expect(await strict.problemOfResolved('https://name.invalid/')).toBeNull();
    expect(await strict.problemOfResolved('https://127.0.0.1/')).toContain('private or reserved');
  });
});

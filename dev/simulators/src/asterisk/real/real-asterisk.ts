import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeMulaw, mulawTone, PHONE_RATE_HZ, writeWav } from '@tandem/kit';
import { SHIPPED_DIALPLAN } from '../reference/shipped-dialplan.ts';
import { AmiClient } from '../testing/ami-client.ts';

interface RealAsteriskOptions {
  /** Program that takes Asterisk's options. */
  readonly program: string;
  /** Folder below which its `usr` lies; empty for an installed one. */
  readonly prefix: string;
  /** Its `systemname`; it begins the unique ids of its channels. */
  readonly systemName?: string;
  /** Global variables of the dialplan. */
  readonly globals: Readonly<Record<string, string>>;
}

const LOGIN = { Action: 'Login', Username: 'tandem', Secret: 'ami-secret' };
const MODULES = [
  ...['res_sorcery_config', 'res_sorcery_memory', 'res_sorcery_astdb', 'pbx_config', 'app_dial', 'app_stack'],
  ...['app_read', 'app_playback', 'app_senddtmf', 'app_queue', 'app_milliwatt', 'app_exec', 'bridge_simple'],
  ...['bridge_softmix', 'bridge_builtin_features', 'bridge_holding', 'res_musiconhold', 'res_curl'],
  ...['func_curl', 'func_uri', 'func_strings', 'func_logic', 'func_callerid', 'func_channel', 'func_cut'],
  ...['res_audiosocket', 'chan_audiosocket', 'codec_resample', 'codec_ulaw', 'format_wav', 'format_pcm'],
  ...['res_timing_timerfd', 'app_system', 'func_rand'],
];
/** The caller's side of a call, and people who are reached as extensions. */
const PEOPLE = `
[caller]
exten => talks,1,Milliwatt()
exten => key,1,Wait(1)
 same => n,SendDTMF(5)
 same => n,Milliwatt()
[tandem-people](+)
exten => accepts,1,Answer()
 same => n,Wait(2)
 same => n,SendDTMF(1)
 same => n,Wait(1)
 same => n,Hangup()
exten => declines,1,Answer()
 same => n,Wait(2)
 same => n,SendDTMF(2)
 same => n,Wait(30)
exten => leaves,1,Answer()
 same => n,Wait(1)
 same => n,Hangup()
exten => busy,1,Busy(1)
exten => silent,1,Ringing()
 same => n,Wait(60)
`;

/** An Asterisk in a process of its own, with the dialplan we ship and nothing else. */
export class RealAsterisk {
  readonly ami: AmiClient;
  private readonly process: ChildProcess;
  private readonly folder: string;

  private constructor(ami: AmiClient, process: ChildProcess, folder: string) {
    this.ami = ami;
    this.process = process;
    this.folder = folder;
  }

  static async start(options: RealAsteriskOptions): Promise<RealAsterisk> {
    const folder = await mkdtemp(join(tmpdir(), 'asterisk-'));
    const port = await freePort();
    await configure(folder, port, options);
    const process = spawn(options.program, ['-f', '-C', join(folder, 'etc/asterisk.conf')], {
      stdio: 'ignore',
    });
    await listening(port, process);
    const ami = new AmiClient(port);
    await ami.ask(LOGIN);
    return new RealAsterisk(ami, process, folder);
  }

  /** Calls the number; the caller's side does what this extension of `[caller]` says. */
  async call(number: string, caller = 'talks'): Promise<void> {
    await this.ami.ask({
      Action: 'Originate',
      Channel: `Local/${number}@tandem/n`,
      Context: 'caller',
      Exten: caller,
      Priority: '1',
      CallerID: '"Sam (x), y" <+12025550123>',
      Async: 'true',
    });
  }

  async stop(): Promise<void> {
    this.ami.socket.destroy();
    const ended = once(this.process, 'exit');
    this.process.kill('SIGKILL');
    await ended;
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}

async function configure(
  folder: string,
  amiPort: number,
  { prefix, systemName, globals }: RealAsteriskOptions,
): Promise<void> {
  const etc = join(folder, 'etc');
  for (const name of ['etc', 'lib', 'log', 'run', 'spool']) await mkdir(join(folder, name));
  const first = (names: readonly string[]) => names.map((name) => prefix + name).find(existsSync) ?? '';
  const directories = {
    astetcdir: etc,
    astmoddir: first([
      '/usr/lib/x86_64-linux-gnu/asterisk/modules',
      '/usr/lib/aarch64-linux-gnu/asterisk/modules',
      '/usr/lib64/asterisk/modules',
      '/usr/lib/asterisk/modules',
    ]),
    astdatadir: await dataFolder(folder, first(['/usr/share/asterisk', '/var/lib/asterisk'])),
    astvarlibdir: join(folder, 'lib'),
    astdbdir: join(folder, 'lib'),
    astkeydir: join(folder, 'lib'),
    astspooldir: join(folder, 'spool'),
    astrundir: join(folder, 'run'),
    astlogdir: join(folder, 'log'),
  };
  let dialplan = await readFile(SHIPPED_DIALPLAN, 'utf8');
  for (const [name, value] of Object.entries(globals))
    dialplan = dialplan.replace(new RegExp(`^${name}=.*$`, 'm'), () => `${name}=${value}`);
  const lines = (entries: readonly (readonly [string, string])[], sign: string) =>
    entries.map(([name, value]) => `${name} ${sign} ${value}`).join('\n');
  const files = {
    'asterisk.conf':
      `[directories]\n${lines(Object.entries(directories), '=>')}\n` +
      (systemName ? `[options]\nsystemname=${systemName}\n` : ''),
    'modules.conf': `[modules]\nautoload=no\n${lines(
      MODULES.map((name) => ['load', `${name}.so`]),
      '=',
    )}\n`,
    'manager.conf':
      `[general]\nenabled=yes\nbindaddr=127.0.0.1\nport=${amiPort}\n` +
      '[tandem]\nsecret=ami-secret\nread=call,system\nwrite=call,system,originate\n',
    'logger.conf': '[logfiles]\nfull => notice,warning,error,verbose\n',
    'musiconhold.conf': '[default]\nmode=files\ndirectory=moh\n',
    'queues.conf': '[support]\nmember => Local/accepts@tandem-people/n\n',
    'extensions.conf': dialplan + PEOPLE,
    ...Object.fromEntries(['cdr', 'cel', 'features', 'udptl'].map((name) => [`${name}.conf`, '[general]\n'])),
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(etc, name), text);
}

/** Returns a folder of data with the documents Asterisk reads its options from, and one sound. */
async function dataFolder(folder: string, installed: string): Promise<string> {
  const sounds = join(folder, 'data/sounds/en');
  await mkdir(sounds, { recursive: true });
  await symlink(join(installed, 'documentation'), join(folder, 'data/documentation'));
  const samples = decodeMulaw(mulawTone(800, 200));
  await writeFile(join(sounds, 'beep.wav'), writeWav({ samples, rateHz: PHONE_RATE_HZ }));
  return join(folder, 'data');
}

/** Resolves once AMI takes connections; rejects when Asterisk ends before. */
async function listening(port: number, process: ChildProcess): Promise<void> {
  while (process.exitCode === null) {
    const probe = new AmiClient(port);
    await new Promise((resolve) => setTimeout(resolve, 200));
    const isGreeted = probe.text !== '';
    probe.socket.destroy();
    if (isGreeted) return;
  }
  throw new Error(`Asterisk ended with exit code ${process.exitCode}.`);
}

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { guided, OidcSimulator, scripted, type SimulatedCall } from '@tandem/simulators';
import { checkoutRoot } from '@tandem/stack';
import { ConsoleAccounts, type ConsoleAccount } from '../console/console-accounts.ts';
import { ConsolePage, type Theme } from '../console/console-page.ts';
import { findChromium } from '../talk/chromium.ts';
import { nextMonday } from '../testing/next-monday.ts';
import { RunningPlatform, words, type StoredCall } from '../testing/running-platform.ts';

jest.setTimeout(240_000);

const LONG =
  'We have an opening on Tuesday at nine in the morning, another one at eleven, and on Wednesday the ' +
  'whole afternoon is still free for you.';
const IMAGES = join(checkoutRoot, 'docs/images');
const SCREENS = [
  '/live',
  '/calls',
  '/calls?from=%2B19995550000',
  '/agents',
  '/numbers',
  '/callers',
  '/departments',
  '/webhooks',
  '/settings/me',
  '/settings/business',
  '/settings/users',
  '/settings/keys',
  '/settings/audit',
  '/nowhere',
];

const found = await findChromium(console.warn);

(found ? describe : describe.skip)('the console in Chromium', () => {
  let platform: RunningPlatform;
  let accounts: ConsoleAccounts;
  let provider: OidcSimulator | undefined;
  let admin: ConsoleAccount;
  let auditor: ConsoleAccount;
  let booked: StoredCall;
  let cut: StoredCall;
  let open: ConsolePage | null = null;

  beforeAll(async () => {
    platform = await RunningPlatform.start();
    provider = await offerProvider();
    accounts = new ConsoleAccounts(platform);
    admin = await accounts.make('admin');
    auditor = await accounts.make('auditor');
    await platform.withAgent({ recording: { mode: 'announced' }, notice: 'This is recorded.' }, async () => {
      booked = await bookedCall();
      cut = await interruptedCall();
    });
    await platform.change('POST', '/v1/webhook-endpoints', { url: 'https://hooks.example.com/tandem' });
  }, 180_000);
  afterAll(async () => {
    await platform?.stop();
    await provider?.stop();
  });
  afterEach(async () => {
    const { violations = [], errors = [] } = open ?? {};
    await open?.close();
    open = null;
    // The policy of the page refused nothing it does, and no code of it failed.
    expect({ violations, errors }).toEqual({ violations: [], errors: [] });
  });

  /** Starts control-api again with a provider of users. */
  async function offerProvider(): Promise<OidcSimulator> {
    const console = platform.stack.urls.controlApi;
    const client = {
      clientId: 'tandem',
      clientSecret: 'a secret of the provider',
      redirectUrl: `${console}/v1/session/oidc/callback`,
    };
    const started = await OidcSimulator.start(client);
    await platform.stack.supervisor.restart('control-api', {
      CONSOLE_URL: console,
      OIDC_ISSUER: started.issuer,
      OIDC_CLIENT_ID: client.clientId,
      OIDC_CLIENT_SECRET: client.clientSecret,
      OIDC_NAME: 'Example Login',
    });
    return started;
  }

  async function bookedCall(): Promise<StoredCall> {
    platform.model.behaviour = guided({ caller: { service: 'plumbing', date: nextMonday() } });
    platform.model.addCallerLines({ lines: ['I need a plumber please', 'Yes please', 'No thank you'] });
    const call = platform.ring();
    await platform.answerQuestions(call, 3);
    await call.ended;
    return platform.recorded(call.sid);
  }

  async function interruptedCall(): Promise<StoredCall> {
    platform.model.behaviour = scripted({ turns: [{ say: LONG }], otherwise: 'I see.' });
    const call = platform.ring({ from: '+12025550177' });
    await call.waitForSilence(600);
    await call.say(words(900));
    await call.waitForSpeech({ forMs: 1_500 });
    await call.say(words(1_200));
    await call.waitForSilence(300);
    await call.waitForSpeech();
    call.hangup();
    await call.ended;
    return platform.recorded(call.sid);
  }

  const visitor = async (theme: Theme = 'light', locale?: string): Promise<ConsolePage> => {
    open = await ConsolePage.open(found!, platform.stack.urls.controlApi, theme, locale);
    return open;
  };
  const operator = async (account = admin): Promise<ConsolePage> => {
    const seen = await visitor();
    await seen.visit('/live');
    await seen.signIn(account);
    await seen.page.getByRole('navigation', { name: 'Places' }).waitFor();
    return seen;
  };

  it('signs in by password and code, and says so when they are wrong', async () => {
    const account = await accounts.make('supervisor', { hasSecondFactor: true });
    const seen = await visitor();
    const { page } = seen;
    await seen.visit('/calls');
    await page.fill('input[name=email]', account.email);
    await page.fill('input[name=password]', 'guessed');
    await page.click('button[type=submit]');
    await page.getByText('E-mail, password or code is wrong.').waitFor();
    await seen.confirm(account);
    await page.getByRole('heading', { name: 'Calls' }).waitFor();
  });

  it('signs in by a one-time link, whose token leaves the address', async () => {
    const { page } = await visitor();
    await page.goto(await accounts.linkFor(admin));
    await page.getByRole('heading', { name: 'Live' }).waitFor();
    expect(page.url()).not.toContain('link=');
  });

  it('signs in by the provider, and says so when it knows somebody else', async () => {
    const { page } = await visitor();
    provider!.person = { sub: 'stranger', email: 'stranger@example.com', isEmailVerified: true };
    await page.goto(`${platform.stack.urls.controlApi}/console/`);
    await page.getByRole('link', { name: 'Example Login' }).click();
    await page.getByText('this installation does not').waitFor();
    provider!.person = { sub: 'admin', email: admin.email, isEmailVerified: true };
    await page.getByRole('link', { name: 'Example Login' }).click();
    await page.getByRole('heading', { name: 'Live' }).waitFor();
  });

  it.each(['light', 'dark'] as const)('has no fault axe finds on any screen, %s', async (theme) => {
    const seen = await visitor(theme);
    await seen.visit('/calls');
    await seen.page.locator('form').waitFor();
    expect(await seen.axe()).toEqual([]);
    await seen.signIn(admin);
    await seen.page.getByRole('heading', { name: 'Calls' }).waitFor();
    const faults: string[] = [];
    for (const path of [...SCREENS, `/calls/${booked.callId}`, `/calls/${cut.callId}`]) {
      await seen.see(path);
      faults.push(...(await seen.axe()).map((fault) => `${path} ${fault}`));
    }
    await seen.see('/agents');
    await seen.page.locator('.row-link').first().click();
    await seen.page.getByRole('button', { name: 'Change and publish' }).click();
    faults.push(...(await seen.axe()));
    await seen.page.getByRole('button', { name: 'Account' }).click();
    await seen.page.getByRole('button', { name: 'Sign out' }).waitFor();
    faults.push(...(await seen.axe()));
    await seen.see('/numbers');
    await seen.page.locator('.link-button').first().click();
    await seen.page.getByRole('dialog').waitFor();
    faults.push(...(await seen.axe()));
    await seen.context.clearCookies();
    await seen.page.goto(await accounts.linkFor(auditor));
    await seen.page.getByRole('heading', { name: 'Live' }).waitFor();
    await seen.see('/settings/audit');
    await seen.page.getByText('webhook-endpoint.created').first().waitFor();
    faults.push(...(await seen.axe()));
    expect(faults).toEqual([]);
  });

  it('shows a call with its tools, and where the caller interrupted the agent', async () => {
    const seen = await operator();
    await seen.see(`/calls/${booked.callId}`);
    await seen.page.getByText('I need a plumber please').waitFor();
    await seen.page.locator('.happening', { hasText: 'book_appointment' }).getByText('done').waitFor();
    await seen.see(`/calls/${cut.callId}`);
    await seen.page.locator('.sentence-cut').first().waitFor();
    const heard = cut.transcript.find(({ interrupted }) => interrupted);
    expect(await seen.page.locator('.sentence', { hasText: 'interrupted' }).first().innerText()).toContain(
      heard?.text ?? 'no interruption',
    );
  });

  it('plays the sound of a sentence that is clicked', async () => {
    const seen = await operator();
    await seen.see(`/calls/${booked.callId}`);
    const [, said] = booked.transcript;
    const slider = seen.page.getByLabel('Position in the call');
    await seen.page.locator('.sentence').nth(1).click();
    const startedAt = Math.round(said!.startedAtMs / 100) * 100;
    expect(Math.abs(Number(await slider.inputValue()) - startedAt)).toBeLessThanOrEqual(100);
    await seen.page.getByRole('button', { name: 'Play', exact: true }).click();
    await seen.page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
    await platform.eventually(
      () => slider.inputValue(),
      (at) => Number(at) > startedAt + 500,
      'the sound to go on',
    );
  });

  it('keeps filters in the address, and says when nothing matches them', async () => {
    const seen = await operator();
    await seen.see('/calls');
    await seen.page.getByLabel('Caller', { exact: true }).fill('+1 202 555 0177');
    await seen.page.waitForURL(/from=/);
    await seen.page.getByText('1 call shown').waitFor();
    await seen.page.getByLabel('Status').selectOption('failed');
    await seen.page.getByText('Nothing matches these filters').waitFor();
    await seen.page.reload();
    await seen.page.getByText('Nothing matches these filters').waitFor();
  });

  it('asks for a sign-in when the session is over, and goes on with what was asked', async () => {
    const seen = await operator();
    await seen.see('/calls');
    await accounts.endSessions(admin);
    await seen.page.getByLabel('Caller', { exact: true }).fill('+12025550177');
    const dialog = seen.page.getByRole('dialog', { name: 'Your session has ended' });
    await dialog.waitFor();
    expect(await seen.axe()).toEqual([]);
    await seen.signIn(admin);
    await seen.page.getByText('1 call shown').waitFor();
  });

  it('shows a running call, and says when what it shows is old', async () => {
    const seen = await operator();
    platform.model.behaviour = scripted({ turns: [], otherwise: 'Which day would suit you best?' });
    const call: SimulatedCall = platform.ring({ from: '+12025550188' });
    await call.waitForSpeech();
    await seen.see('/live');
    await seen.page.getByText('Talking').waitFor();
    expect(await seen.axe()).toEqual([]);
    await seen.page.locator('.freshness[data-state=live]').waitFor();
    await picture(seen, 'console-live');
    await seen.context.setOffline(true);
    await seen.page.getByText(/As of .* disconnected/i).waitFor();
    await seen.context.setOffline(false);
    await seen.page.locator('.freshness[data-state=live]').waitFor();
    await seen.page.getByRole('button', { name: 'End' }).click();
    await seen.page.getByRole('dialog').getByRole('button', { name: 'End' }).click();
    await call.ended;
    await seen.page.getByText('No call is running').waitFor();
  });

  it('publishes a version, after telling what is wrong with it', async () => {
    const seen = await operator();
    await seen.see('/agents');
    await seen.page.locator('.row-link', { hasText: 'Sarah' }).click();
    await seen.page.getByRole('button', { name: 'Change and publish' }).click();
    const editor = seen.page.getByRole('textbox', { name: 'Content' });
    const content = JSON.parse(await editor.inputValue()) as Record<string, unknown>;
    const publish = async (given: object) => {
      await editor.fill(JSON.stringify(given, null, 2));
      await seen.page.getByRole('button', { name: 'Publish', exact: true }).click();
      const question = seen.page.getByRole('dialog');
      await question.getByRole('button', { name: 'Publish' }).click();
      await question.waitFor({ state: 'hidden' });
    };
    await publish({ ...content, timeZone: 'Nowhere' });
    await seen.page
      .getByText(/timeZone/)
      .last()
      .waitFor();
    await publish({ ...content, greeting: 'Good day, this is Sarah.' });
    await seen.page.locator('.facts', { hasText: 'Good day, this is Sarah.' }).waitFor();
  });

  it('has no place for what a role cannot read', async () => {
    const seen = await operator(await accounts.make('viewer'));
    const places = await seen.page
      .getByRole('navigation', { name: 'Places' })
      .getByRole('link')
      .allInnerTexts();
    expect(places).toEqual(['Live', 'Calls', 'Settings']);
  });

  it('speaks the language of the browser, and another one by choice', async () => {
    const seen = await visitor('light', 'de-DE');
    await seen.visit('/calls');
    await seen.page.getByRole('heading', { name: 'Bei Tandem anmelden' }).waitFor();
    await seen.page.getByLabel('Sprache').selectOption('en');
    await seen.page.getByRole('heading', { name: 'Sign in to Tandem' }).waitFor();
  });

  it('is drawn for the documents', async () => {
    const seen = await operator();
    for (const [path, name] of [
      ['/calls', 'console-calls'],
      [`/calls/${booked.callId}`, 'console-call'],
      ['/callers', 'console-callers'],
    ] as const) {
      await seen.see(path);
      await picture(seen, name);
    }
  });
});

/** Written when asked for: each run would differ by its times. */
async function picture({ page }: ConsolePage, name: string): Promise<void> {
  if (process.env['CONSOLE_PICTURES'] !== '1') return;
  mkdirSync(IMAGES, { recursive: true });
  await page.screenshot({ path: join(IMAGES, `${name}.png`) });
}

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import type { Chromium } from '../talk/chromium.ts';
import { codeOf } from './authenticator.ts';
import type { ConsoleAccount } from './console-accounts.ts';

const LAUNCH_LIMIT_MS = 60_000;
/** Ends a wait that is in vain; a screen takes a moment. */
const PATIENCE_MS = 20_000;
/** The width the console is drawn for. */
const VIEWPORT = { width: 1280, height: 800 };

export type Theme = 'light' | 'dark';

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
  }[];
}
/** As they are in the page. */
declare const axe: { run(options: object): Promise<AxeResults> };
declare const document: {
  addEventListener(name: string, listener: (event: PolicyViolation) => void): void;
};
interface PolicyViolation {
  readonly effectiveDirective: string;
  readonly blockedURI: string;
}
declare const reportViolation: (violation: string) => void;

/** The console in a Chromium of its own. */
export class ConsolePage {
  /** Refusals by the policy of the page; with any, something is wrong. */
  readonly violations: string[] = [];
  /** Errors of the page's own code. */
  readonly errors: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly context: BrowserContext,
    readonly page: Page,
    private readonly base: string,
  ) {}

  static async open(found: Chromium, base: string, theme: Theme, locale = 'en-US'): Promise<ConsolePage> {
    const browser = await chromium.launch({
      executablePath: found.program,
      env: { ...process.env, ...found.env },
      timeout: LAUNCH_LIMIT_MS,
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'],
    });
    const context = await browser.newContext({ viewport: VIEWPORT, colorScheme: theme, locale });
    const page = await context.newPage();
    page.setDefaultTimeout(PATIENCE_MS);
    const opened = new ConsolePage(browser, context, page, base);
    await context.exposeFunction('reportViolation', (violation: string) => opened.violations.push(violation));
    await context.addInitScript(() =>
      document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI }) =>
        reportViolation(`${effectiveDirective} ${blockedURI}`),
      ),
    );
    page.on('pageerror', (error) => opened.errors.push(String(error)));
    return opened;
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  async visit(path: string): Promise<void> {
    await this.page.goto(`${this.base}/console${path}`);
  }

  /** Opens a screen and waits until everything on it is there. */
  async see(path: string): Promise<void> {
    await this.visit(path);
    await this.page.locator('h1').waitFor();
    await this.settled();
  }

  /** Resolves when nothing on the screen is being loaded. */
  async settled(): Promise<void> {
    await this.page.locator('[aria-busy=true]').first().waitFor({ state: 'detached' });
  }

  /** Signs in with a password, and the second factor where there is one. */
  async signIn(account: ConsoleAccount): Promise<void> {
    await this.page.fill('input[name=email]', account.email);
    await this.confirm(account);
  }

  /** Types password and code, in the page of sign-in or its dialog. */
  async confirm({ password, secret }: ConsoleAccount): Promise<void> {
    await this.page.fill('input[name=password]', password);
    await this.page.click('button[type=submit]');
    if (secret === null) return;
    // The code of now has set the factor up.
    await this.page.fill('input[name=code]', codeOf(secret, 1));
    await this.page.click('button[type=submit]');
  }

  /** Returns what axe finds wrong, each with the element. */
  async axe(): Promise<string[]> {
    await this.page.evaluate(AXE);
    const { violations } = await this.page.evaluate(() => axe.run({ resultTypes: ['violations'] }));
    return violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
    );
  }
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

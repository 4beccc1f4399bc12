import { chromium } from 'playwright-core';
import { readFileSync, mkdirSync } from 'node:fs';
const [url] = readFileSync('/tmp/console-url','utf8').split(' ');
const theme = process.argv[2] ?? 'light'; const only = process.argv[3];
mkdirSync('/tmp/shots', { recursive: true });
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: theme, locale: 'en-US' });
await page.route('**/console/**', async (route) => {
  const { existsSync } = await import('node:fs');
  const path = new URL(route.request().url()).pathname.replace('/console/', '');
  const dir = '/work/h-console/services/console/dist/page/';
  const types = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml' };
  if (path && existsSync(dir + path) && path !== 'index.html') return route.fulfill({ body: readFileSync(dir + path), contentType: types[path.split('.').pop()] });
  const response = await route.fetch();
  const csp = response.headers()['content-security-policy'];
  const nonce = /'nonce-([^']+)'/.exec(csp)[1];
  return route.fulfill({ response, body: readFileSync(dir + 'index.html', 'utf8').replaceAll('{{nonce}}', nonce) });
});
page.on('console', (m) => console.log('console', m.type(), m.text().slice(0, 300)));
page.on('pageerror', (e) => console.log('pageerror', String(e).slice(0, 400)));
await page.goto(url + '/console/');
await page.waitForSelector('form');
await page.screenshot({ path: `/tmp/shots/${theme}-sign-in.png` });
await page.fill('input[name=email]', 'robin@example.com'); await page.fill('input[name=password]', 'correct horse battery');
await page.click('button[type=submit]'); await page.waitForSelector('input[name=code]'); await page.fill('input[name=code]', '123456'); await page.click('button[type=submit]');
await page.waitForSelector('nav');
const axe = readFileSync('/work/h-console/node_modules/axe-core/axe.min.js', 'utf8');
const shoot = async (name) => { if (only && !name.startsWith(only)) return; await page.waitForTimeout(900); await page.screenshot({ path: `/tmp/shots/${theme}-${name}.png` });
  await page.evaluate(axe); const r = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] })); for (const v of r.violations) console.log(name, v.id, v.impact, v.nodes.length, v.nodes.slice(0,3).map((n) => n.target.join(' ') + ' :: ' + n.html.slice(0,140) + ' :: ' + (n.any[0]?.message ?? '').slice(0,160)).join('\n    ')); };
const go = async (path, name) => { if (only && !name.startsWith(only)) return; await page.goto(url + '/console' + path); await page.waitForSelector('h1'); await shoot(name); };
await go('/live', 'live'); await go('/calls', 'calls');
if (!only || only.startsWith('call')) { await page.goto(url + '/console/calls'); await page.waitForSelector('.row-link'); const links = await page.$$('.row-link'); const hrefs = await Promise.all(links.map((l) => l.getAttribute('href'))); for (const [i, h] of hrefs.slice(0,3).entries()) { await page.goto(url + h); await page.waitForSelector('h1'); await shoot('call-' + i); } }
await go('/agents', 'agents'); 
if (!only || only.startsWith('agent')) { await page.goto(url + '/console/agents'); await page.waitForSelector('.row-link'); await page.click('.row-link'); await page.waitForSelector('.facts'); await shoot('agent'); await page.click('text=Change and publish'); await shoot('agent-edit'); }
await go('/numbers', 'numbers');
if (!only || only === 'numbers') { await page.waitForSelector('.link-button'); await page.click('.link-button'); await page.waitForSelector('[role=dialog]'); await page.waitForTimeout(500); await shoot('numbers-dialog'); }
await go('/callers', 'callers'); await go('/departments', 'departments'); await go('/webhooks', 'webhooks');
for (const p of ['me','business','users','keys','audit']) await go('/settings/' + p, 'settings-' + p);
await browser.close();

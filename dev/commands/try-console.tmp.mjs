import { RunningPlatform, words } from '/work/h-console/dev/commands/dist/testing/running-platform.js';
import { ConsoleStandIn } from '/work/h-console/dev/commands/dist/console/console-stand-in.js';
import { nextMonday } from '/work/h-console/dev/commands/dist/testing/next-monday.js';
import { guided, scripted } from '@tandem/simulators';
import { writeFileSync } from 'node:fs';
process.chdir('/work/h-console');
const platform = await RunningPlatform.start();
const SCOPES = ['crm:read','crm:write','calls:read','calls:control','recordings:read','recordings:delete','admin:read','admin:write','users:write','keys:write','audit:read'];
const web = await ConsoleStandIn.start(platform.stack.urls.controlApi, platform.stack.secrets.demoApiKey, SCOPES);
console.log(web.url);
try {
await platform.withAgent({ recording: { mode: 'announced' }, notice: 'This call is recorded.' }, async () => {
  platform.model.behaviour = guided({ caller: { service: 'plumbing', date: nextMonday() } });
  platform.model.addCallerLines({ lines: ['I need a plumber please', 'Yes please', 'No thank you'] });
  const call = platform.ring();
  await platform.answerQuestions(call, 3);
  await call.ended; await platform.recorded(call.sid);
  platform.model.behaviour = scripted({ turns: [{ say: 'We have an opening on Tuesday at nine in the morning, another one at eleven, and on Wednesday the whole afternoon is still free for you.' }], otherwise: 'I see.' });
  const two = platform.ring({ from: '+12025550177' });
  await two.waitForSpeech({ forMs: 4000 }); await two.say(words(1200)); await two.waitForSilence(300); await two.waitForSpeech({forMs: 2000}); await two.say(words(900)); await two.waitForSpeech(); two.hangup(); await two.ended; await platform.recorded(two.sid);
});
platform.model.behaviour = scripted({ turns: [], otherwise: 'Of course. Which day would suit you best?' });
globalThis.live = platform.ring({ from: '+12025550188' });
} catch (e) { console.log('seed', e); }
writeFileSync('/tmp/console-url', web.url + ' ' + platform.stack.urls.controlApi + ' ' + platform.stack.secrets.demoApiKey);
process.on('SIGTERM', async () => { await web.stop(); await platform.stop(); process.exit(0); });
setInterval(() => {}, 1000);

import { runCommand } from './stack/command.ts';
import { localSecrets } from './stack/local-secrets.ts';

await runCommand(() => {
  console.log(localSecrets().demoApiKey);
  return 0;
});

import { resetStack } from '@tandem/stack';
import { runCommand } from './stack/command.ts';

await runCommand(() => {
  resetStack({ log: (line) => console.log(line) });
  return 0;
});

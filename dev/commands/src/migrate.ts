import { runMigrations } from '@tandem/database';
import { runCommand } from './stack/command.ts';
import { environment } from './stack/dot-env.ts';

await runCommand(async () => {
  const url = environment().DATABASE_URL;
  if (!url) {
    console.error(
      'DATABASE_URL is not set: the database to migrate. "npm start" migrates its own by itself.',
    );
    return 2;
  }
  const applied = await runMigrations(url);
  console.log(applied.length === 0 ? 'The schema is current.' : `Applied: ${applied.join(', ')}`);
  return 0;
});

import { auditCommand } from '@tandem/database';
import { readRunFile } from '@tandem/stack';
import { runCommand } from './stack/command.ts';
import { environment } from './stack/dot-env.ts';

/** The database that is set, else that of the stack that runs here. */
await runCommand(() => {
  const { MIGRATION_DATABASE_URL, DATABASE_URL } = environment();
  const url = MIGRATION_DATABASE_URL ?? DATABASE_URL ?? readRunFile()?.databaseUrl;
  return auditCommand(process.argv.slice(2), url ?? undefined, {
    line: (text) => console.log(text),
    note: (text) => console.error(text),
  });
});

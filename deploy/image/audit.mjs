// node audit.mjs verify [--json] [--tenant <id>] [--anchor <file>] [--quiet]
//   checks the audit log of every tenant: that no entry was edited, deleted, inserted or moved
// node audit.mjs --help   what its options and exit codes are
// The database is that of MIGRATION_DATABASE_URL, whose role reads the logs of all tenants, else DATABASE_URL.
import { auditCommand } from '@tandem/database';
import { secretOf } from '@tandem/platform';

/** EX_CONFIG of sysexits.h, as the services use it. */
const EXIT_CONFIGURATION = 78;

function databaseUrl() {
  try {
    return secretOf(process.env, 'MIGRATION_DATABASE_URL') || secretOf(process.env, 'DATABASE_URL');
  } catch (error) {
    console.error(`Nothing was checked: ${error.message}.`);
    return process.exit(EXIT_CONFIGURATION);
  }
}

// As process 1 it has no default action for signals. It only reads.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(1));
// A reader that stops reading, such as "head", ends it.
process.stdout.on('error', () => process.exit(1));
try {
  process.exitCode = await auditCommand(process.argv.slice(2), databaseUrl(), {
    line: (text) => console.log(text),
    note: (text) => console.error(text),
  });
} catch (error) {
  console.error(`The audit logs were not checked to their end: ${error.message || error.code || error}`);
  process.exitCode = 1;
}

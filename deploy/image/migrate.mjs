// node migrate.mjs          brings the schema of MIGRATION_DATABASE_URL (else DATABASE_URL) up to date
// node migrate.mjs --demo   and fills in tenant "demo"; its API key is DEMO_API_KEY
// Several may run at once: one works, the others wait and find nothing left to do.
import { createDataSource, runMigrations, seedDemo } from '@tandem/database';
import { secretOf } from '@tandem/platform';

/** EX_CONFIG of sysexits.h, as the services use it. */
const EXIT_CONFIGURATION = 78;
const { DEMO_API_KEY, DEMO_MODEL } = process.env;
const url = addressOf('MIGRATION_DATABASE_URL') || addressOf('DATABASE_URL');
const isDemo = process.argv.includes('--demo');

function refuse(sentence) {
  console.error(`The migration cannot start: ${sentence}`);
  process.exit(EXIT_CONFIGURATION);
}

/** The address, or what the file holds that <name>_FILE names. */
function addressOf(name) {
  try {
    return secretOf(process.env, name);
  } catch (error) {
    return refuse(`${error.message}.`);
  }
}

async function seed() {
  const dataSource = await createDataSource({ url, poolSize: 2 }).initialize();
  try {
    await seedDemo(dataSource, { model: DEMO_MODEL || 'openai-realtime', apiKey: DEMO_API_KEY });
  } finally {
    await dataSource.destroy();
  }
}

if (!url) refuse('neither MIGRATION_DATABASE_URL nor DATABASE_URL is set: the database to migrate.');
if (isDemo && !/^tk_[\w-]{43}$/.test(DEMO_API_KEY ?? ''))
  refuse('DEMO_API_KEY must be tk_ and 43 letters, digits, dashes or underscores.');
// As process 1 it has no default action for signals. PostgreSQL takes back what is not committed.
for (const signal of ['SIGTERM', 'SIGINT']) process.on(signal, () => process.exit(1));
try {
  const applied = await runMigrations(url);
  console.log(applied.length === 0 ? 'The schema is current.' : `Applied: ${applied.join(', ')}`);
  if (isDemo) {
    await seed();
    console.log('Tenant "demo" is filled in.');
  }
} catch (error) {
  console.error(`The migration failed, and nothing of it was kept: ${error.stack ?? error}`);
  process.exit(1);
}

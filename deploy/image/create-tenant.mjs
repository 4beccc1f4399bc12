// node create-tenant.mjs --name "Bright Smile Dental" --time-zone America/Chicago [--language en-US]
//   makes a tenant with its first API key
// node create-tenant.mjs --key-for <tenant id>
//   makes another key for a tenant that has lost its keys
// The database is that of DATABASE_URL. The key is all of stdout, and is shown nowhere else. With --platform
// it may also make further tenants (POST /v1/tenants of control-api).
import { parseArgs } from 'node:util';
import { newTenantSchema, tenantIdSchema } from '@tandem/contracts';
import {
  API_SCOPES,
  ApiKeyRepository,
  createDataSource,
  generateApiKey,
  TENANT_SCOPES,
  TenantRepository,
  transact,
} from '@tandem/database';
import { readFields, secretOf } from '@tandem/platform';

/** EX_CONFIG of sysexits.h, as the services use it. */
const EXIT_CONFIGURATION = 78;
const KEY_NAME = 'made on the server';

function refuse(sentence) {
  console.error(`Nothing was made: ${sentence}`);
  process.exit(EXIT_CONFIGURATION);
}

function asked() {
  try {
    const text = { type: 'string' };
    const options = {
      name: text,
      'time-zone': text,
      language: text,
      'key-for': text,
      platform: { type: 'boolean', default: false },
    };
    return parseArgs({ options }).values;
  } catch (error) {
    return refuse(`${error.message}. There are --name, --time-zone, --language, --key-for and --platform.`);
  }
}

function databaseUrl() {
  try {
    return secretOf(process.env, 'DATABASE_URL') || refuse('DATABASE_URL is not set.');
  } catch (error) {
    return refuse(`${error.message}.`);
  }
}

/** Returns the value as its schema reads it. */
async function read(schema, value) {
  const { problems, value: fields } = await readFields(schema, value);
  if (problems.length === 0) return fields;
  return refuse(problems.map(({ path, message }) => `${path.join('.')} ${message}`.trim()).join('; '));
}

/** Returns how the key gets its tenant: the one that is named, or a new one. */
async function tenantOf({ name, 'time-zone': timeZone, language = null, 'key-for': named }, tenants) {
  if (named === undefined) {
    const fields = await read(newTenantSchema, { name, timeZone, language });
    return (transaction) => tenants.create(transaction, fields);
  }
  const tenant = await tenants.find(await read(tenantIdSchema, named));
  return tenant ? () => tenant : refuse(`there is no tenant ${named}.`);
}

const options = asked();
const dataSource = await createDataSource({ url: databaseUrl(), poolSize: 1 }).initialize();
try {
  const keys = new ApiKeyRepository(dataSource);
  const findOrCreate = await tenantOf(options, new TenantRepository(dataSource));
  const key = generateApiKey();
  const tenant = await transact(dataSource, async (transaction) => {
    const owner = await findOrCreate(transaction);
    if (owner === 'unknown-time-zone') return refuse('PostgreSQL does not know this time zone.');
    const scopes = options.platform ? API_SCOPES : TENANT_SCOPES;
    const made = await keys.create(transaction, owner.id, key, { name: KEY_NAME, scopes, expiresAt: null });
    return made === 'too-many-keys' ? refuse('it has too many keys; revoke one over the API.') : owner;
  });
  console.error(`Tenant ${tenant.id} (${tenant.companyName}, ${tenant.timeZone}); its key:`);
  console.log(key);
} finally {
  await dataSource.destroy();
}

// node create-tenant.mjs --name "Bright Smile Dental" --time-zone America/Chicago [--language en-US]
//   makes a tenant with its first API key
// node create-tenant.mjs --key-for <tenant id>
//   makes another key for a tenant that has lost its keys
// The database is that of DATABASE_URL. The key is all of stdout, and is shown nowhere else. With --platform
// it may also make further tenants (POST /v1/tenants of control-api).
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
import { operatorCommand } from './operator-command.mjs';

const KEY_NAME = 'made on the server';
const { refuse, asked, databaseUrl, read } = operatorCommand('Nothing was made');

/** Returns how the key gets its tenant: the one that is named, or a new one. */
async function tenantOf({ name, 'time-zone': timeZone, language = null, 'key-for': named }, tenants) {
  if (named === undefined) {
    const fields = await read(newTenantSchema, { name, timeZone, language });
    return (transaction) => tenants.create(transaction, fields);
  }
  const tenant = await tenants.find(await read(tenantIdSchema, named));
  return tenant ? () => tenant : refuse(`there is no tenant ${named}.`);
}

const text = { type: 'string' };
const options = asked({
  name: text,
  'time-zone': text,
  language: text,
  'key-for': text,
  platform: { type: 'boolean', default: false },
});
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

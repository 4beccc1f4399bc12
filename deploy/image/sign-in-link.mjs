// node sign-in-link.mjs --email robin@example.com
//   prints a link that signs this user in to the console, once and within 15 minutes
// node sign-in-link.mjs --email robin@example.com --tenant <tenant id> --name Robin
//   makes the user first, as an admin of the tenant
// The database is that of DATABASE_URL; the link begins with CONSOLE_URL, or with --url. It is all of stdout.
import { tenantIdSchema, visibleText } from '@tandem/contracts';
import {
  createDataSource,
  SignInRepository,
  TenantRepository,
  transact,
  UserRepository,
} from '@tandem/database';
import { z } from 'zod';
import { operatorCommand } from './operator-command.mjs';

const { refuse, asked, databaseUrl, read } = operatorCommand('No link was made');

async function makeAdmin(dataSource, tenant, email, name) {
  const fields = await read(z.object({ tenant: tenantIdSchema, name: visibleText(120) }), { tenant, name });
  if (!(await new TenantRepository(dataSource).find(fields.tenant))) refuse(`there is no tenant ${tenant}.`);
  const admin = { email, name: fields.name, role: 'admin' };
  const made = await transact(dataSource, (transaction) =>
    new UserRepository(dataSource).create(transaction, fields.tenant, admin),
  );
  if (made === 'too-many-users') refuse('the tenant has too many users; delete one over the API.');
}

const text = { type: 'string' };
const { email: address, tenant, name, url } = asked({ email: text, tenant: text, name: text, url: text });
const port = process.env.CONTROL_API_PORT || '8083';
const base = (url || process.env.CONSOLE_URL || `http://localhost:${port}`).replace(/\/+$/, '');
const { email } = await read(z.object({ email: z.email().toLowerCase() }), { email: address });
const dataSource = await createDataSource({ url: databaseUrl(), poolSize: 1 }).initialize();
try {
  if (tenant !== undefined) await makeAdmin(dataSource, tenant, email, name);
  const link = await new SignInRepository(dataSource).makeLinkFor(email);
  if (link === null)
    refuse(`no user with this address can sign in. Make one with --tenant and --name, or enable them again.`);
  console.error(`Signs ${email} in, once, until ${link.expiresAt.toISOString()}:`);
  console.log(`${base}/console/#link=${link.token}`);
} finally {
  await dataSource.destroy();
}

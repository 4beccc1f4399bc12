import { createDataSource, DEMO_ADMIN_EMAIL, SignInRepository } from '@tandem/database';

/**
 * Returns a link that signs a user in to the console once, within a quarter of an hour; null where no user of
 * the address can sign in. Its token is in the fragment, which no server and no log gets to see.
 */
export async function signInLink(
  databaseUrl: string,
  consoleUrl: string,
  email: string = DEMO_ADMIN_EMAIL,
): Promise<string | null> {
  const dataSource = await createDataSource({ url: databaseUrl, poolSize: 1 }).initialize();
  try {
    const link = await new SignInRepository(dataSource).makeLinkFor(email);
    return link && `${consoleUrl}/console/#link=${link.token}`;
  } finally {
    await dataSource.destroy();
  }
}

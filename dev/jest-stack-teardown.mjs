/** Jest's globalTeardown: the last project to finish stops the servers. */
export default async function stopServers() {
  const shared = globalThis.tandemTestServers;
  if (!shared) return;
  shared.users -= 1;
  if (shared.users > 0) return;
  delete globalThis.tandemTestServers;
  const servers = await shared.servers.catch(() => null);
  await servers?.stop();
}

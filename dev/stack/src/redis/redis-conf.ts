const PERSISTENT_DATABASES = 16;
/** Tests take one each. */
export const EPHEMERAL_DATABASES = 1_024;

/** Returns how many databases the server has. */
export function databases(isEphemeral: boolean): number {
  return isEphemeral ? EPHEMERAL_DATABASES : PERSISTENT_DATABASES;
}

/** The password goes through standard input: arguments can be read by every user of the machine. */
export function redisConf(port: number, password: string, isEphemeral: boolean, isCluster = false): string {
  const lines = [
    `port ${port}`,
    'bind 127.0.0.1',
    'protected-mode yes',
    `requirepass ${password}`,
    'dir ./',
    'daemonize no',
    'logfile ""',
    'save ""',
    `appendonly ${isEphemeral ? 'no' : 'yes'}`,
    'appendfsync everysec',
    'maxmemory-policy noeviction',
    ...(isCluster ? ['cluster-enabled yes'] : [`databases ${databases(isEphemeral)}`]),
  ];
  return `${lines.join('\n')}\n`;
}

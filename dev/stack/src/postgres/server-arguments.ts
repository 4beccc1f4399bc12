/**
 * Commits are handed to the operating system but not forced to disk: they survive a killed server, not a
 * crash of the machine.
 */
const WITHOUT_SYNC = ['-c', 'fsync=off', '-c', 'full_page_writes=off'];

/** Returns the server's command line; `isFast`: its data need not survive a crash of the machine. */
export function serverArguments(data: string, port: number, isFast: boolean): string[] {
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=250',
    'timezone=UTC',
    'log_timezone=UTC',
    'log_checkpoints=off',
  ];
  const command = ['-D', data, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
  return isFast ? [...command, ...WITHOUT_SYNC] : command;
}

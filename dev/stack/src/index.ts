export { checkoutRoot, makeFolder, stackHome, tandemFolder } from './checkout/checkout.ts';
export { packageOfRelease } from './downloads/debian-release.ts';
export { debianPackages } from './downloads/debian.ts';
export { freePort, freePorts, isPortFree, preferPort } from './process/free-port.ts';
export { ownerOfPort } from './process/port-owner.ts';
export { startPostgres } from './postgres/start-postgres.ts';
export { BoundedLog } from './process/bounded-log.ts';
export {
  findProgram,
  isProgram,
  libraryEnvironment,
  runCommand,
  type CommandResult,
} from './process/run-command.ts';
export { KeptProcess, type Exit } from './process/kept-process.ts';
export type { Log, ServerHandle } from './process/server-handle.ts';
export { followRedis } from './redis/follow-redis.ts';
export { startRedis, type RedisOptions } from './redis/start-redis.ts';
export { resetStack } from './reset-stack.ts';
export { ensureSpeech, type Speech } from './speech/ensure-speech.ts';
export type { Recogniser, Synthesiser } from './speech/speech-sources.ts';
export { synthesise, VOICES, type Voice } from './speech/synthesise.ts';
export { cachedDownload } from './downloads/cached-download.ts';
export { npmPackage } from './downloads/npm.ts';
export { asStackError, StackError } from './checkout/stack-error.ts';
export { holderOfStack, readRunFile, type Run } from './supervisor/run-file.ts';
export { Supervisor } from './supervisor/supervisor.ts';
export { HangingLine } from './testing/hanging-line.ts';
export { ForgedRequests, leaksOf, type ForgedRequest } from './testing/forged-requests.ts';
export { otherTables, tenantTables, type Reference, type Table } from './testing/table-catalogue.ts';
export { fillTenant, marksOf, type Row } from './testing/tenant-rows.ts';
export { RedisGroup } from './testing/redis-group.ts';
export {
  createTestDatabase,
  startTestServers,
  testRedisUrl,
  type TestDatabase,
} from './testing/test-servers.ts';
export { lengthInSeconds, parseOptions, refuse, wholeNumber } from './process/options.ts';

export { checkoutRoot, makeFolder, stackHome, tandemFolder } from './checkout.ts';
export { freePort, freePorts, isPortFree, preferPort } from './free-port.ts';
export { ownerOfPort } from './process/port-owner.ts';
export { startPostgres, type PostgresOptions } from './postgres/start-postgres.ts';
export { BoundedLog } from './process/bounded-log.ts';
export { KeptProcess, type Exit } from './process/kept-process.ts';
export type { Log, ServerHandle, UnexpectedExit } from './process/local-server.ts';
export { startRedis, type RedisOptions } from './redis/start-redis.ts';
export { resetStack, type ResetOptions } from './reset-stack.ts';
export {
  ensureSpeech,
  type GuidedVariable,
  type Recogniser,
  type Speech,
  type SpeechOptions,
  type Synthesiser,
} from './speech/ensure-speech.ts';
export { SPEECH_RATE_HZ, synthesise, type SynthesiseOptions, type Voice } from './speech/synthesise.ts';
export { asStackError, StackError } from './stack-error.ts';
export { holderOfStack, readRunFile, type Run, type RunningProcess } from './supervisor/run-file.ts';
export type { ServiceExit, ServiceSpec } from './supervisor/service-process.ts';
export { Supervisor, type SupervisorOptions } from './supervisor/supervisor.ts';
export { HangingLine } from './testing/hanging-line.ts';
export {
  createTestDatabase,
  startTestServers,
  testRedisUrl,
  type TestDatabase,
  type TestServers,
} from './testing/test-servers.ts';
export { parseOptions } from './process/options.ts';

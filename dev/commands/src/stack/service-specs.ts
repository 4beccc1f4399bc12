import { PORT_VARIABLES, type Ports, type ServiceName } from './ports.ts';
import { RELAY_NODE_OPTIONS } from './relay-node-options.ts';
import type { LaunchOptions } from './stack.ts';

/** Time a relay has to exit once its calls are over. */
const AFTER_DRAIN_MS = 10_000;

/**
 * Returns the processes of a stack in the order of their start.
 * @param shared environment of them all
 */
export function serviceSpecs(options: LaunchOptions, ports: Ports, shared: Readonly<Record<string, string>>) {
  const instancesOf = (service: Exclude<ServiceName, 'media-relay'>) =>
    Array.from({ length: options.replicas?.[service] ?? 1 }, (_, index) => ({
      service,
      instance: index === 0 ? service : `${service}-${index + 1}`,
      // Only the first instance has a known port; 0 means any.
      env: { ...shared, [PORT_VARIABLES[service]]: index === 0 ? String(ports[service]) : '0' },
    }));
  const relays = ports.relays.map((port, index) => ({
    service: 'media-relay',
    instance: `relay-${index + 1}`,
    graceMs: options.relayGraceMs ?? Number(shared.RELAY_DRAIN_GRACE_MS) + AFTER_DRAIN_MS,
    env: {
      ...shared,
      NODE_OPTIONS: `${RELAY_NODE_OPTIONS} ${shared.NODE_OPTIONS ?? ''}`.trim(),
      MEDIA_RELAY_PORT: String(port),
      RELAY_ID: `relay-${index + 1}`,
      ...(shared.AUDIOSOCKET_PORT ? { AUDIOSOCKET_PORT: nthPort(shared.AUDIOSOCKET_PORT, index) } : {}),
      ...options.relayEnvs?.[index],
    },
  }));
  const before = (['crm-api', 'call-ingress'] as const).flatMap(instancesOf);
  const after = (['tool-worker', 'post-call-worker', 'control-api'] as const).flatMap(instancesOf);
  return { before, relays, after };
}

/** Returns the port of one of several relays on a machine, which cannot share it; 0 means any. */
function nthPort(first: string, index: number): string {
  return Number(first) === 0 ? first : String(Number(first) + index);
}

import { freePort, isPortFree, ownerOfPort, preferPort, StackError, type Log } from '@tandem/stack';

export const USUAL_PORTS = {
  'call-ingress': 8080,
  'media-relay': 8081,
  'crm-api': 8082,
  'control-api': 8083,
  'tool-worker': 8084,
  'post-call-worker': 8085,
} as const;
export type ServiceName = keyof typeof USUAL_PORTS;
export const PORT_VARIABLES: Readonly<Record<ServiceName, string>> = {
  'call-ingress': 'CALL_INGRESS_PORT',
  'media-relay': 'MEDIA_RELAY_PORT',
  'crm-api': 'CRM_API_PORT',
  'control-api': 'CONTROL_API_PORT',
  'tool-worker': 'TOOL_WORKER_PORT',
  'post-call-worker': 'POST_CALL_WORKER_PORT',
};
/** Second and further relays. */
const MORE_RELAYS_FROM_PORT = 8091;

export type Ports = Readonly<Record<Exclude<ServiceName, 'media-relay'>, number>> & {
  readonly relays: readonly number[];
};

export interface PortWishes {
  readonly env: Readonly<Record<string, string>>;
  /** Number of media-relays. */
  readonly relays: number;
  readonly log: Log;
  /** In place of the usual ones. */
  readonly usual?: Readonly<Record<ServiceName, number>>;
}

/** Returns free ports for a stack that is not reached from outside. */
export async function anyPorts(relays: number): Promise<Ports> {
  const ports = await Promise.all(Array.from({ length: 5 + relays }, () => freePort()));
  const [ingress = 0, crm = 0, control = 0, tool = 0, postCall = 0, ...others] = ports;
  return {
    'call-ingress': ingress,
    'crm-api': crm,
    'control-api': control,
    'tool-worker': tool,
    'post-call-worker': postCall,
    relays: others,
  };
}

/**
 * Returns the ports of the stack that others reach. A usual port that is taken is replaced by a free one,
 * with a message. A configured port, and one behind a public address, must be free: another server would get
 * the calls.
 * @throws StackError naming every port that is taken, and by whom
 */
export async function choosePorts({ env, relays, log, usual = USUAL_PORTS }: PortWishes): Promise<Ports> {
  const faults: string[] = [];
  const pick = async (
    service: ServiceName,
    name: string,
    wanted: number,
    variable: string | null,
  ): Promise<number> => {
    const why = whyFixed(env, service, variable);
    const port = Number((variable !== null && env[variable]) || wanted);
    const chosen = why === null ? await preferPort(port) : port;
    if (why === null ? chosen === port : await isFree(port)) return port;
    const taken = `Port ${port} of ${name} is in use by ${(await ownerOfPort(port)) ?? 'another program'}`;
    if (why === null)
      log(
        `${taken}: ${name} listens on ` +
          `${chosen}.${variable === null ? '' : ` Set ${variable} to choose another one.`}`,
      );
    else faults.push(`${taken}, and ${why}`);
    return chosen;
  };
  const one = (service: ServiceName): Promise<number> =>
    pick(service, service, usual[service], PORT_VARIABLES[service]);
  const relayPorts: number[] = [];
  for (let index = 0; index < relays; index += 1) {
    relayPorts.push(
      index === 0
        ? await one('media-relay')
        : await pick('media-relay', `relay-${index + 1}`, MORE_RELAYS_FROM_PORT + index - 1, null),
    );
  }
  const ports = {
    'call-ingress': await one('call-ingress'),
    'crm-api': await one('crm-api'),
    'control-api': await one('control-api'),
    'tool-worker': await one('tool-worker'),
    'post-call-worker': await one('post-call-worker'),
    relays: relayPorts,
  };
  if (faults.length > 0) {
    throw new StackError(
      `${faults.join('.\n')}.`,
      `End the program, or set the service's own variable (${PORT_VARIABLES['call-ingress']}, ` +
        `${PORT_VARIABLES['media-relay']} …) to a free port and point your tunnel or proxy at that one.`,
    );
  }
  return ports;
}

/** Returns why the port of a service cannot be replaced; null when it can. */
function whyFixed(env: PortWishes['env'], service: ServiceName, variable: string | null): string | null {
  if (variable !== null && env[variable]) return `${variable} names it`;
  const leading = service === 'call-ingress' ? 'PUBLIC_BASE_URL' : 'PUBLIC_MEDIA_URL';
  const isPublic = service === 'call-ingress' || service === 'media-relay';
  return isPublic && env[leading] ? `${leading} leads to it` : null;
}

/** 0 means any port. */
function isFree(port: number): Promise<boolean> {
  return port === 0 ? Promise.resolve(true) : isPortFree(port);
}

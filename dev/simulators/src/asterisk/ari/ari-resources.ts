import { NORMAL_CLEARING, type Channel } from '../channel/channel.ts';
import type { PbxServices } from '../channel/pbx-services.ts';
import { channelVariable } from '../dialplan/dialplan-run.ts';
import { ariChannel } from './ari-json.ts';

export interface AriAnswer {
  readonly status: number;
  /** Null for none. */
  readonly body: unknown;
}

interface AriRequest {
  /** Path segments behind `/ari/`, decoded. */
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  readonly services: PbxServices;
}

type Handle = (request: AriRequest) => AriAnswer;

const failed = (status: number, message: string): AriAnswer => ({ status, body: { message } });
const NO_CONTENT: AriAnswer = { status: 204, body: null };
const NOT_FOUND = failed(404, 'Channel not found');

function withChannel(handle: (channel: Channel, request: AriRequest) => AriAnswer): Handle {
  return (request) => {
    const channel = request.services.channels.find(request.path[1] ?? '');
    return channel ? handle(channel, request) : NOT_FOUND;
  };
}

/** Operations that need the channel in a Stasis application and in a state to be controlled. */
function controlled(handle: (channel: Channel, request: AriRequest) => AriAnswer): Handle {
  return withChannel((channel, request) => {
    if (channel.stasisApp === null) return failed(409, 'Channel not in Stasis application');
    if (channel.state === 'Down' || channel.state === 'Ringing')
      return failed(412, 'Channel in invalid state');
    return handle(channel, request);
  });
}

const goOn = controlled((channel, { query, services }) => {
  const here = channel.location ?? { context: 'default', extension: 's', priority: 1 };
  const context = query.get('context') ?? here.context;
  const extension = query.get('extension') ?? (query.has('context') ? 's' : here.extension);
  const isNext = !query.has('context') && !query.has('extension') && !query.has('priority');
  const priority = isNext ? here.priority + 1 : Number(query.get('priority') ?? 1);
  channel.redirect({ context, extension, priority }, (sent, at) => services.startDialplan(sent, at));
  return NO_CONTENT;
});

const transfer = controlled((channel, { query }) => {
  const endpoint = query.get('endpoint') ?? '';
  if (endpoint === '') return failed(400, "Required parameter 'endpoint' not provided.");
  const [technology = '', resource = ''] = endpoint.split('/');
  if (technology === endpoint)
    return failed(422, `Endpoint parameter '${endpoint}' does not contain tech/resource`);
  if (resource === '') return failed(422, `No resource provided in endpoint parameter '${endpoint}'`);
  if (technology.toLowerCase() !== channel.technology.toLowerCase())
    return failed(
      422,
      `Endpoint technology '${technology}' does not match channel technology '${channel.technology}'`,
    );
  channel.journal.add({ kind: 'redirected', to: endpoint });
  channel.hangUp(NORMAL_CLEARING, 'rest');
  return NO_CONTENT;
});

const digits = controlled((channel, { query }) => {
  const keys = query.get('dtmf') ?? '';
  if (keys === '') return failed(400, 'DTMF is required');
  for (const key of keys) channel.far?.hearDigit(key);
  return NO_CONTENT;
});

const hangUp = withChannel((channel) => {
  channel.hangUp(NORMAL_CLEARING, 'rest');
  return NO_CONTENT;
});

const variable: Handle = ({ path, query, services }) => {
  const name = query.get('variable') ?? '';
  if (name === '') return failed(400, 'Variable name is required');
  const channel = services.channels.find(path[1] ?? '');
  if (!channel) return failed(404, 'Provided channel was not found');
  const value = channelVariable(name, channel, services);
  if (value === '' && !channel.variables.has(name)) return failed(404, 'Provided variable was not found');
  return { status: 200, body: { value } };
};

const show = withChannel((channel, { services: { clock } }) => ({
  status: 200,
  body: ariChannel(channel, clock.wallTime()),
}));

const list: Handle = ({ services: { channels, clock } }) => ({
  status: 200,
  body: channels.all.map((channel) => ariChannel(channel, clock.wallTime())),
});

/** By method and path; `*` is a channel. */
const RESOURCES: ReadonlyMap<string, Handle> = new Map([
  ['GET channels', list],
  ['GET channels/*', show],
  ['DELETE channels/*', hangUp],
  ['POST channels/*/continue', goOn],
  ['POST channels/*/redirect', transfer],
  ['POST channels/*/dtmf', digits],
  ['GET channels/*/variable', variable],
]);

/** Performs one ARI request. */
export function performAri(method: string, request: AriRequest): AriAnswer {
  const shape = request.path.map((part, index) => (index === 1 ? '*' : part)).join('/');
  const handle = RESOURCES.get(`${method} ${shape}`);
  if (handle) return handle(request);
  const isKnown = [...RESOURCES.keys()].some((key) => key.endsWith(` ${shape}`));
  return isKnown ? failed(405, 'Invalid method') : failed(404, 'Resource not found');
}

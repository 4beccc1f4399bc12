/** Where the processes find Redis: one server, or Sentinels that know the primary of a group. */
export type RedisAddress = { readonly kind: 'server'; readonly url: string } | RedisGroupAddress;

export interface RedisGroupAddress {
  readonly kind: 'sentinels';
  readonly sentinels: readonly { readonly host: string; readonly port: number }[];
  /** The group's name, such as `mymaster` (`sentinel monitor <name>` in their configuration). */
  readonly group: string;
  readonly hasTls: boolean;
  readonly database: number;
  /** Login at the servers. */
  readonly login: RedisLogin;
  /** Login at the Sentinels, which have passwords of their own. */
  readonly sentinelLogin: RedisLogin;
}

export interface RedisLogin {
  readonly username?: string;
  readonly password?: string;
}

/** Port of a Sentinel; https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/. */
const SENTINEL_PORT = 26_379;
const MOST_SENTINELS = 15;
const LONGEST = 2_048;

/** The WHATWG parser refuses an authority with several hosts, so the address is taken apart here. */
const SENTINELS = new RegExp(
  String.raw`^(?<scheme>rediss?\+sentinel)://(?:(?<login>[^@/?#]*)@)?(?<hosts>[^@/?#]+)` +
    String.raw`/(?<group>[\w.-]{1,64})(?:/(?<database>\d{1,3}))?(?:\?(?<query>[^#]*))?$`,
);
const HOST = /^(?<host>\[[0-9a-f:.]+\]|[\w.-]+)(?::(?<port>\d{1,5}))?$/i;

export const REDIS_ADDRESS_FORMS =
  'must be redis://host:6379, rediss://host:6379 or redis+sentinel://host:26379,host:26379/group';

/**
 * Returns the address in REDIS_URL; null when it is none. With Sentinels it is
 * `redis+sentinel://user:password@host:port,host:port/group/database`, `rediss+sentinel` with TLS to Sentinels
 * and servers; `?sentinel-user=…&sentinel-password=…` is their own login.
 */
export function parseRedisAddress(text: string): RedisAddress | null {
  if (text.length > LONGEST) return null;
  const parts = SENTINELS.exec(text)?.groups;
  if (parts) return groupAddressOf(parts);
  return isServer(text) ? { kind: 'server', url: text.replace(/\/+$/, '') } : null;
}

function groupAddressOf(parts: Readonly<Record<string, string | undefined>>): RedisGroupAddress | null {
  const { scheme, hosts = '', group = '', database = '0', login: written = '', query = '' } = parts;
  const sentinels = sentinelsOf(hosts);
  const login = loginOf(written);
  const sentinelLogin = sentinelLoginOf(new URLSearchParams(query));
  if (sentinels === null || login === null || sentinelLogin === null) return null;
  return {
    kind: 'sentinels',
    sentinels,
    group,
    hasTls: scheme === 'rediss+sentinel',
    database: Number(database),
    login,
    sentinelLogin,
  };
}

/** Host, port, database and login only: ioredis reads other parts as options of its own. */
function isServer(text: string): boolean {
  if (!/^rediss?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, port, pathname, search, hash, username, password } = new URL(text);
  return (
    HOST.test(hostname) &&
    port !== '0' &&
    /^\/?(?:\d{1,3}\/?)?$/.test(pathname) &&
    search === '' &&
    hash === '' &&
    loginOf(`${username}:${password}`) !== null
  );
}

function sentinelsOf(hosts: string): RedisGroupAddress['sentinels'] | null {
  const sentinels = hosts.split(',').flatMap((host) => sentinelOf(host) ?? []);
  return sentinels.length === hosts.split(',').length && sentinels.length <= MOST_SENTINELS
    ? sentinels
    : null;
}

function sentinelOf(text: string): { host: string; port: number } | null {
  const { host, port } = HOST.exec(text)?.groups ?? {};
  const number = Number(port ?? SENTINEL_PORT);
  return host === undefined || number < 1 || number > 65_535
    ? null
    : { host: host.replace(/^\[|\]$/g, ''), port: number };
}

function sentinelLoginOf(query: URLSearchParams): RedisLogin | null {
  const names = [...query.keys()];
  const isKnown = names.every((name) => name === 'sentinel-user' || name === 'sentinel-password');
  const isOnce = new Set(names).size === names.length;
  const login = given(query.get('sentinel-user'), query.get('sentinel-password'));
  return isKnown && isOnce && !(login.username && !login.password) ? login : null;
}

function loginOf(text: string): RedisLogin | null {
  const colon = text.indexOf(':');
  try {
    return given(
      decodeURIComponent(colon < 0 ? text : text.slice(0, colon)),
      colon < 0 ? null : decodeURIComponent(text.slice(colon + 1)),
    );
  } catch {
    return null;
  }
}

function given(username: string | null, password: string | null): RedisLogin {
  return { ...(username ? { username } : {}), ...(password ? { password } : {}) };
}

import { lookup, type LookupAddress } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/**
 * What nobody outside may have us talk to: this machine, private networks, cloud metadata, and addresses that
 * stand for others.
 */
const FORBIDDEN: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  // Everything but global unicast (2000::/3), and of that what embeds or tunnels to other addresses.
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
];
const FORBIDDEN_NETWORKS = networksOf(FORBIDDEN);
/** Of https, to addresses that are not trusted. */
const PORTS = new Set(['', '443', '8443']);
const MAX_URL_LENGTH = 2_048;
const RESOLVE_PATIENCE_MS = 2_000;

/** An address that may not be connected to. */
export class DestinationRefused extends Error {
  override readonly name = 'DestinationRefused';
  readonly code = 'destination-refused';
  constructor(why: string) {
    super(
      `The address may not be connected to: ${why}. Networks of your own are allowed by ` +
        'OUTBOUND_TRUSTED_NETWORKS.',
    );
  }
}

/**
 * Where others may have us send requests: https to public addresses, and anything in networks the deployment
 * trusts. A name is resolved once, every address of it is checked, and exactly those are connected to, so
 * that a name cannot change its meaning in between.
 */
export class Destinations {
  private readonly trusted: Networks;
  private readonly hasTrusted: boolean;

  /** @param trustedNetworks CIDR blocks */
  constructor(trustedNetworks: readonly string[]) {
    this.trusted = networksOf(trustedNetworks);
    this.hasTrusted = trustedNetworks.length > 0;
  }

  /** What is wrong with a URL that can be seen without resolving its name; null when nothing is. */
  problemOf(text: string): string | null {
    if (text.length > MAX_URL_LENGTH || !URL.canParse(text))
      return `must be a URL of at most ${MAX_URL_LENGTH} characters`;
    const url = new URL(text);
    if (url.username || url.password) return 'must not carry credentials';
    if (url.hash) return 'must not have a fragment';
    const address = literalOf(url);
    if (address !== null && !this.isAllowed(address)) return 'must not be a private or reserved address';
    return problemOfWay(url, address === null ? this.hasTrusted : this.isTrusted(address));
  }

  /**
   * A connection's own look at names: answers checked addresses alone.
   * @param url what is asked for; http goes to trusted networks only, whatever a name resolves to
   */
  lookup(url: URL): LookupFunction {
    const isPlain = url.protocol === 'http:' || !PORTS.has(url.port);
    return (hostname, options, callback) => {
      lookup(hostname, { ...options, all: true }, (error, addresses) => {
        if (error) return callback(error, []);
        const refused = addresses.find(
          ({ address }) => !(isPlain ? this.isTrusted(address) : this.isAllowed(address)),
        );
        if (refused || addresses.length === 0)
          return callback(new DestinationRefused('its name leads to a private or reserved address'), []);
        if (options.all) return callback(null, addresses);
        const [{ address, family }] = addresses as [LookupAddress];
        return callback(null, address, family);
      });
    };
  }

  /**
   * Returns what is wrong with a URL, its name resolved; null when nothing is, and when the name does not
   * resolve within two seconds: it may do so later, and each connection looks again.
   */
  async problemOfResolved(text: string): Promise<string | null> {
    const problem = this.problemOf(text);
    if (problem !== null) return problem;
    const url = new URL(text);
    const refused = await new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), RESOLVE_PATIENCE_MS);
      this.lookup(url)(url.hostname.replace(/^\[|\]$/g, ''), { all: true }, (error) => {
        clearTimeout(timer);
        resolve(error instanceof DestinationRefused);
      });
    });
    return refused ? 'must not be a name that leads to a private or reserved address' : null;
  }

  private isAllowed(address: string): boolean {
    return this.isTrusted(address) || !isListed(FORBIDDEN_NETWORKS, address);
  }

  private isTrusted(address: string): boolean {
    return isListed(this.trusted, address);
  }
}

/** Scheme and port. */
function problemOfWay({ protocol, port }: URL, isTrusted: boolean): string | null {
  if (protocol === 'https:') return PORTS.has(port) || isTrusted ? null : 'must use port 443 or 8443';
  return protocol === 'http:' && isTrusted ? null : 'must begin with https://';
}

/**
 * The address a URL names itself, without a name to resolve. URL has already read decimal, octal and
 * hexadecimal ones.
 */
function literalOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
}

/**
 * Prefixes under which an IPv6 address stands for the IPv4 address in its last 32 bits: IPv4-mapped (RFC 4291
 * 2.5.5.2), IPv4-translated (RFC 2765) and the well-known prefix of NAT64 (RFC 6052). A NAT64 network
 * resolves every name so.
 */
const IPV4_PREFIXES: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 0, 0xffff],
  [0, 0, 0, 0, 0xffff, 0],
  [0x64, 0xff9b, 0, 0, 0, 0],
];

/** Returns the IPv4 address an IPv6 address stands for, or the address as it is. */
function classifyAddress(address: string): string {
  if (isIP(address) !== 6) return address;
  const groups = groupsOf(address);
  if (!IPV4_PREFIXES.some((prefix) => prefix.every((group, index) => group === groups[index])))
    return address;
  return groups
    .slice(6)
    .flatMap((group) => [group >> 8, group & 0xff])
    .join('.');
}

/** Returns the eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  // URL writes dotted tails as groups and drops nothing but runs of zeros; a zone index is no part of the
  // address.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]/`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const [left, right] = [parse(head), parse(tail ?? '')];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/**
 * One list for each family: in a list of both, an IPv4 address also counts as the IPv6 address that maps it.
 */
type Networks = Readonly<Record<'ipv4' | 'ipv6', BlockList>>;

function familyOf(address: string): keyof Networks {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

function isListed(networks: Networks, address: string): boolean {
  const plain = classifyAddress(address);
  return networks[familyOf(plain)].check(plain, familyOf(plain));
}

/** @throws TypeError or RangeError for what is no CIDR block */
function networksOf(blocks: readonly string[]): Networks {
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const block of blocks) {
    const [address = '', prefix = ''] = block.split('/');
    networks[familyOf(address)].addSubnet(address, Number(prefix), familyOf(address));
  }
  return networks;
}

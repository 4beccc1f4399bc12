import { lookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { isListed, networksOf, type Networks } from './networks.ts';

/**
 * Addresses that tenants must not make us connect to: this machine, private networks, cloud metadata, and
 * addresses that embed others.
 */
const FORBIDDEN: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // The platform's own address in Azure: answers its machines only.
  '168.63.129.16/32',
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
  // All addresses but global unicast (2000::/3), and those of it that embed or tunnel to others.
  '::/3',
  '4000::/2',
  '8000::/1',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  '3fff::/20',
];
const FORBIDDEN_NETWORKS = networksOf(FORBIDDEN);
/** Ports allowed outside trusted networks, all for https. */
const PORTS = new Set(['', '443', '8443']);
const MAX_URL_LENGTH = 2_048;
const RESOLVE_PATIENCE_MS = 2_000;

/** Resolves a name to all its addresses, as `lookup` of node:dns does. */
export type ResolveName = (
  hostname: string,
  options: LookupOptions & { readonly all: true },
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** A connection to this address is not allowed. */
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
 * Decides where requests of tenants may go: over https to public addresses, and anywhere in networks the
 * deployment trusts. A connection uses exactly the addresses that were checked, so that a name cannot resolve
 * to another one in between.
 */
export class Destinations {
  private readonly trusted: Networks;
  private readonly hasTrusted: boolean;

  /** @param trustedNetworks CIDR blocks */
  constructor(
    trustedNetworks: readonly string[],
    private readonly resolve: ResolveName = lookup,
  ) {
    this.trusted = networksOf(trustedNetworks);
    this.hasTrusted = trustedNetworks.length > 0;
  }

  /** Returns what is wrong with a URL without resolving its name; null when nothing is. */
  problemOf(text: string): string | null {
    if (text.length > MAX_URL_LENGTH || !URL.canParse(text))
      return `must be a URL of at most ${MAX_URL_LENGTH} characters`;
    const url = new URL(text);
    if (url.username || url.password) return 'must not carry credentials';
    if (url.hash) return 'must not have a fragment';
    const address = literalOf(url);
    if (address !== null && !this.isAllowed(address)) return 'must not be a private or reserved address';
    return problemOfSchemeAndPort(url, address === null ? this.hasTrusted : this.isTrusted(address));
  }

  /**
   * Returns the lookup function of a connection, which yields checked addresses only.
   * @param url the URL of the request; http goes to trusted networks only, whatever its name resolves to
   */
  lookup(url: URL): LookupFunction {
    const isPlain = url.protocol === 'http:' || !PORTS.has(url.port);
    return (hostname, options, callback) => {
      this.resolve(hostname, { ...options, all: true }, (error, addresses) => {
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
   * Returns what is wrong with a URL, its name resolved; null when it is allowed, or when the name does not
   * resolve within two seconds: it may do so later, and each connection checks again.
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

/** Returns what is wrong with scheme and port, or null. */
function problemOfSchemeAndPort({ protocol, port }: URL, isTrusted: boolean): string | null {
  if (protocol === 'https:') return PORTS.has(port) || isTrusted ? null : 'must use port 443 or 8443';
  return protocol === 'http:' && isTrusted ? null : 'must begin with https://';
}

/**
 * Returns the address in a URL; null when it holds a name. URL has already normalised decimal, octal and
 * hexadecimal addresses.
 */
function literalOf({ hostname }: URL): string | null {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? null : bare;
}

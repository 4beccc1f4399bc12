import { BlockList, isIP } from 'node:net';

/**
 * Prefixes of IPv6 addresses that embed an IPv4 address in their last 32 bits: IPv4-mapped (RFC 4291
 * 2.5.5.2), IPv4-translated (RFC 2765) and the well-known prefix of NAT64 (RFC 6052). A NAT64 network
 * resolves every name to such an address.
 */
const IPV4_PREFIXES: readonly (readonly number[])[] = [
  [0, 0, 0, 0, 0, 0xffff],
  [0, 0, 0, 0, 0xffff, 0],
  [0x64, 0xff9b, 0, 0, 0, 0],
];

/** Returns the IPv4 address that an IPv6 address embeds, or the address as it is. */
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

/**
 * Returns what one user has of the address space: an IPv4 address, also one that IPv6 embeds, or the first 64
 * bits of an IPv6 address (RFC 6177). Anything else as it is.
 */
export function userNetworkOf(address: string): string {
  const plain = classifyAddress(address);
  if (isIP(plain) !== 6) return plain;
  return groupsOf(plain)
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':');
}

/** Returns the eight groups of a valid IPv6 address. */
function groupsOf(address: string): number[] {
  // URL writes a dotted tail as groups and shortens only runs of zeros; a zone index is not part of the
  // address.
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]/`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const parse = (part: string) => (part === '' ? [] : part.split(':').map((group) => parseInt(group, 16)));
  const [left, right] = [parse(head), parse(tail ?? '')];
  return [...left, ...Array<number>(8 - left.length - right.length).fill(0), ...right];
}

/**
 * One list for each family: in a list of both, an IPv4 address would also match as the IPv6 address it maps
 * to.
 */
export type Networks = Readonly<Record<'ipv4' | 'ipv6', BlockList>>;

function familyOf(address: string): keyof Networks {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** Returns whether an address is in one of the networks, also where an IPv6 address embeds it. */
export function isListed(networks: Networks, address: string): boolean {
  const plain = classifyAddress(address);
  return networks[familyOf(plain)].check(plain, familyOf(plain));
}

/** Returns the networks of CIDR blocks. @throws TypeError or RangeError when a network is not a CIDR block */
export function networksOf(blocks: readonly string[]): Networks {
  const networks = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const block of blocks) {
    const [address = '', prefix = ''] = block.split('/');
    networks[familyOf(address)].addSubnet(address, Number(prefix), familyOf(address));
  }
  return networks;
}

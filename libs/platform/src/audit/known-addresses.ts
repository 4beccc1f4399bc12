import { isIPv6 } from 'node:net';

/** Addresses this process remembers, so that it asks the database about each only now and then. */
const MAX_KNOWN = 10_000;

/** The addresses API keys have come from, as far as this process remembers. */
export class KnownAddresses {
  private readonly known = new Set<string>();

  /** Calls `ask` with the address, unless this process has asked about it. One that fails is asked again. */
  async note(apiKeyId: string, address: string, ask: (network: string) => Promise<void>): Promise<void> {
    const network = networkOf(address);
    const name = `${apiKeyId} ${network}`;
    if (this.known.has(name)) return;
    if (this.known.size >= MAX_KNOWN) this.known.clear();
    this.known.add(name);
    try {
      await ask(network);
    } catch (error) {
      this.known.delete(name);
      throw error;
    }
  }
}

/** Returns an IPv4 address as it is, and of an IPv6 address its network: hosts change the rest daily. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const [head = ''] = address.split('::');
  const groups = head === '' ? [] : head.split(':').slice(0, 4);
  while (groups.length < 4) groups.push('0');
  return `${groups.join(':')}::/64`;
}

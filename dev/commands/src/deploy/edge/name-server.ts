import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

const LOOPBACK = { host: '127.0.0.1', port: 0 };
const TYPE = { A: 1, AAAA: 28 };
const TTL_S = 1;
const HEADER_BYTES = 12;
const NAME_ERROR = 3;

/** A name server: what the cluster's is for an edge. Names can be added while it runs. */
export class NameServer {
  /** Addresses by name. */
  readonly names = new Map<string, readonly string[]>();

  private constructor(private readonly socket: Socket) {
    socket.on('message', (query, from) => this.respond(query, from));
  }

  /** @param at where it listens; default a free port of loopback */
  static async start(at: { readonly host: string; readonly port: number } = LOOPBACK): Promise<NameServer> {
    const socket = createSocket('udp4');
    socket.bind(at.port, at.host);
    await once(socket, 'listening');
    return new NameServer(socket);
  }

  get address(): string {
    const { address, port } = this.socket.address();
    return `${address}:${port}`;
  }

  stop(): void {
    this.socket.close();
  }

  private respond(query: Buffer, from: RemoteInfo): void {
    const { name, end } = questionOf(query);
    const addresses = this.names.get(name);
    const type = query.readUInt16BE(end - 4);
    const found = (addresses ?? []).filter((address) => typeOf(address) === type);
    const header = Buffer.alloc(HEADER_BYTES);
    header.writeUInt16BE(query.readUInt16BE(0), 0);
    header.writeUInt16BE(0x8180 | (addresses ? 0 : NAME_ERROR), 2);
    header.writeUInt16BE(1, 4);
    header.writeUInt16BE(found.length, 6);
    const records = found.map(recordOf);
    this.socket.send(
      Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...records]),
      from.port,
      from.address,
    );
  }
}

/** Returns the name asked for, and where the question ends. */
function questionOf(query: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5 };
}

const typeOf = (address: string): number => (isIPv6(address) ? TYPE.AAAA : TYPE.A);

/** An A or AAAA record of the name in the question. */
function recordOf(address: string): Buffer {
  const data = isIPv6(address) ? ipv6Bytes(address) : Buffer.from(address.split('.').map(Number));
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc000 | HEADER_BYTES, 0);
  record.writeUInt16BE(typeOf(address), 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt32BE(TTL_S, 6);
  record.writeUInt16BE(data.length, 10);
  return Buffer.concat([record, data]);
}

/** Returns the 16 bytes of an address in which `::` may stand once. */
function ipv6Bytes(address: string): Buffer {
  const [before = [], after = []] = address.split('::').map((part) => part.split(':').filter(Boolean));
  const groups = [...before, ...new Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const bytes = Buffer.alloc(16);
  for (const [index, group] of groups.entries()) bytes.writeUInt16BE(Number.parseInt(group, 16), index * 2);
  return bytes;
}

import { connect, type Socket } from 'node:net';
import { until } from '../../twilio/testing/bench.ts';

/** A client of the manager interface that keeps all it is sent. */
export class AmiClient {
  readonly socket: Socket;
  text = '';

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    this.socket.setEncoding('utf8').on('data', (piece) => (this.text += String(piece)));
    this.socket.on('error', () => undefined);
  }

  /** Sends an action and returns the answer to it. */
  async ask(fields: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const id = String(Math.random());
    const lines = Object.entries({ ...fields, ActionID: id }).map(([name, value]) => `${name}: ${value}\r\n`);
    this.socket.write(`${lines.join('')}\r\n`);
    await until(() => this.packets().some((packet) => packet.ActionID === id));
    return this.packets().find((packet) => packet.ActionID === id)!;
  }

  packets(): Record<string, string>[] {
    return this.text.split('\r\n\r\n').map((packet) =>
      Object.fromEntries(
        packet.split('\r\n').map((line) => {
          const at = line.indexOf(': ');
          return [line.slice(0, at), line.slice(at + 2)];
        }),
      ),
    );
  }
}

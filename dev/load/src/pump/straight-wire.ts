// The shortest way from a carrier to a model and back: bytes read from one socket are written to the other,
// unread. Whatever a relay adds, it adds to what this costs.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { textFrame } from './ws-frames.ts';
import { upgradeRequest, upgradeResponse } from './ws-handshake.ts';

const [, , modelUrl = ''] = process.argv;
const url = new URL(modelUrl);

createServer((carrier) => {
  const model = connect(Number(url.port), url.hostname);
  for (const socket of [carrier, model]) {
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
  }
  carrier.once('data', (request) => carrier.write(upgradeResponse(request.toString('latin1'))));
  model.once('connect', () => model.write(upgradeRequest(url)));
  model.once('data', () => {
    model.write(textFrame('{"type":"session.update","session":{}}', true));
    pass(carrier, model);
    pass(model, carrier);
  });
}).listen(0, '127.0.0.1', function (this: { address(): unknown }) {
  process.send?.({ url: `ws://127.0.0.1:${(this.address() as AddressInfo).port}/` });
});
process.on('message', () => process.send?.(process.cpuUsage()));
process.on('disconnect', () => process.exit());

function pass(from: Socket, to: Socket): void {
  from.on('data', (bytes) => to.write(bytes));
  from.on('close', () => to.destroy());
}

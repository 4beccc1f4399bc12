import { Destinations } from './destinations.ts';
import { OutboundClient } from './outbound-client.ts';
import { OutboundConnections } from './outbound-connections.ts';

/**
 * Returns the client for an address that the deployment itself has set, which may be in a private network.
 * Redirects are not followed and bodies are bounded, as for addresses of tenants.
 */
export function clientOfDeployment(): OutboundClient {
  return new OutboundClient(new OutboundConnections(new Destinations(['0.0.0.0/0', '::/0'])));
}

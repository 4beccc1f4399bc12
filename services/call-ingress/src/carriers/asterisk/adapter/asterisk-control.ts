import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CONFIG, type ServiceConfig } from '@tandem/platform';
import { AmiCalls, AriCalls, controlByPbx, pbxOf, type AmiState, type CallControl } from '@tandem/telephony';

/** https://docs.asterisk.org/Configuration/Interfaces/Asterisk-Manager-Interface-AMI */
const AMI_PORT = 5038;

/** The control interfaces of all PBXs. Every replica has its own connections; any of them may act. */
@Injectable()
export class AsteriskControl implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(AsteriskControl.name);
  private readonly connections: AmiCalls[] = [];
  private readonly controls: ReadonlyMap<string, CallControl>;
  private readonly calls: CallControl;

  constructor(@Inject(CONFIG) { asteriskControl }: Pick<ServiceConfig<'call-ingress'>, 'asteriskControl'>) {
    this.controls = new Map(asteriskControl.map(({ pbx, url }) => [pbx, this.controlAt(pbx, new URL(url))]));
    this.calls = controlByPbx(this.controls);
  }

  onApplicationBootstrap(): void {
    for (const connection of this.connections) connection.open();
  }

  onApplicationShutdown(): void {
    for (const connection of this.connections) connection.close();
  }

  /** Whether the PBX of this call has a control interface. */
  reaches(carrierCallId: string): boolean {
    return this.controls.has(pbxOf(carrierCallId));
  }

  /**
   * Ends what the call is doing; its dialplan then asks what is next. `gone`: the PBX no longer has the call.
   * @throws ProviderError when the PBX does not answer, or is not configured
   */
  redirectToNext(carrierCallId: string): Promise<'done' | 'gone'> {
    return this.calls.redirectToNext(carrierCallId);
  }

  private controlAt(pbx: string, url: URL): CallControl {
    const username = decodeURIComponent(url.username);
    const password = decodeURIComponent(url.password);
    if (url.protocol.startsWith('http')) return new AriCalls({ baseUrl: url.origin, username, password });
    const connection = new AmiCalls({
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: Number(url.port || AMI_PORT),
      username,
      secret: password,
      onState: (state, detail) => this.note(pbx, state, detail),
    });
    this.connections.push(connection);
    return connection;
  }

  private note(pbx: string, state: AmiState, detail: string): void {
    const fields = { pbx, state, detail };
    if (state === 'ready') this.logger.log(fields, 'AMI connected');
    else if (state !== 'connecting') this.logger.warn(fields, 'AMI not connected');
  }
}

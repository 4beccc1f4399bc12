import { runService } from '@tandem/platform';
import { callIngress } from './call-ingress.ts';

await runService('call-ingress', callIngress);

import type { CrmProblem } from './crm-http.ts';
import { servicesSchema } from './crm-responses.ts';

/** Returns a sentence for the model; for an unknown service it names the services on offer. */
export function explainUnknownService(problem: CrmProblem): string {
  const known = problem.code === 'unknown-service' ? servicesSchema.safeParse(problem) : null;
  return known?.success
    ? `There is no such service. The services are: ${known.data.services.join(', ')}. Use one of these, ` +
        'or tell the caller that this is not offered.'
    : problem.detail;
}

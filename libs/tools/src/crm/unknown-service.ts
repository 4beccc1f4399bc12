import type { CrmProblem } from './crm-http.ts';
import { servicesSchema } from './crm-responses.ts';

/** A model that is told the zones there are could choose one that the caller does not live in. */
const UNKNOWN_ZONE =
  'There is no such zone. Ask the caller for the postcode, call find_zone, and use the "zone" it gives, or ' +
  'none.';

/**
 * Returns a sentence for the model; for an unknown service it names the services on offer, for an unknown
 * zone the way to a known one.
 */
export function explainUnknownService(problem: CrmProblem): string {
  if (problem.code === 'unknown-zone') return UNKNOWN_ZONE;
  const known = problem.code === 'unknown-service' ? servicesSchema.safeParse(problem) : null;
  return known?.success
    ? `There is no such service. The services are: ${known.data.services.join(', ')}. Use one of these, ` +
        'or tell the caller that this is not offered.'
    : problem.detail;
}

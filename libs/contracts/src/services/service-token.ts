import { z } from 'zod';
import { callIdSchema, tenantIdSchema } from '../words/ids.ts';

/**
 * Purpose of the JWT with which one of our services authenticates to another: issued for the service it
 * calls, with the tenant (and the call) it acts for.
 */
export const SERVICE_TOKEN_PURPOSE = 'service-call';
export const SERVICE_TOKEN_LIFETIME_S = 60;
export const serviceTokenSchema = z.object({ tenantId: tenantIdSchema, callId: callIdSchema.optional() });

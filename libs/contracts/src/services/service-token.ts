import { z } from 'zod';
import { callIdSchema, tenantIdSchema } from '../words/ids.ts';

/**
 * How one of our services proves itself to another: a JWT of this purpose, made out to the service asked,
 * naming the tenant (and the call) it acts for.
 */
export const SERVICE_TOKEN_PURPOSE = 'service-call';
export const SERVICE_TOKEN_LIFETIME_S = 60;
export const serviceTokenSchema = z.object({ tenantId: tenantIdSchema, callId: callIdSchema.optional() });

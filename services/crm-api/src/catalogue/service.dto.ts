import type { Service } from '@tandem/database';
import { changeOf, keySchema, pageOf, pageQuery } from '@tandem/platform';
import { visibleText } from '@tandem/contracts';
import { z } from 'zod';
import { skillsSchema } from './fields.ts';

/** The longest notice: 30 days. */
const MAX_NOTICE_MINUTES = 43_200;
const MAX_BUFFER_MINUTES = 240;
const bufferSchema = z.number().int().min(0).max(MAX_BUFFER_MINUTES);

const fields = {
  key: keySchema.describe('Name in the API and for agents, such as plumbing; one service on offer has it.'),
  name: visibleText(120),
  durationMinutes: z.number().int().min(5).max(1_440),
  bufferBeforeMinutes: bufferSchema.describe(
    'Time the resource has no other appointment before one, added to the buffer after that other one.',
  ),
  bufferAfterMinutes: bufferSchema.describe('The same after an appointment.'),
  noticeMinutes: z
    .number()
    .int()
    .min(0)
    .max(MAX_NOTICE_MINUTES)
    .describe('Shortest time between booking and start of an appointment; 0 for no notice.'),
  priceText: visibleText(200).nullable().describe('The price as it is spoken; null for none.'),
  skills: skillsSchema.describe('Skills a resource needs, all of them, to do the service.'),
};

export const createServiceSchema = z.strictObject({
  ...fields,
  bufferBeforeMinutes: fields.bufferBeforeMinutes.default(0),
  bufferAfterMinutes: fields.bufferAfterMinutes.default(0),
  noticeMinutes: fields.noticeMinutes.default(0),
  priceText: fields.priceText.default(null),
  skills: fields.skills.default([]),
});
export type CreateService = z.output<typeof createServiceSchema>;

export const changeServiceSchema = changeOf(fields);
export type ChangeService = z.output<typeof changeServiceSchema>;

export const listCatalogueSchema = z.object({
  ...pageQuery,
  limit: z.coerce.number().int().min(1).max(100).default(100).describe('Items on a page.'),
});
export type ListCatalogue = z.output<typeof listCatalogueSchema>;
export const exportServicesSchema = z.object({});
export type ExportServices = z.output<typeof exportServicesSchema>;

export const serviceSchema = z.object({ id: z.uuid(), ...fields });
export type ServiceDto = z.output<typeof serviceSchema>;
export const servicePageSchema = pageOf(serviceSchema);

export function toServiceDto({ skills, ...service }: Service): ServiceDto {
  return { ...service, skills: [...skills] };
}

export const NEW_SERVICE_EXAMPLE = {
  key: 'heating',
  name: 'Heating visit',
  durationMinutes: 90,
  bufferBeforeMinutes: 15,
  bufferAfterMinutes: 15,
  noticeMinutes: 120,
  priceText: 'a hundred and twenty dollars, parts not included',
  skills: ['gas-licence'],
} satisfies CreateService;

export const SERVICE_EXAMPLE: ServiceDto = {
  id: '7a0c1d3e-0000-4000-8001-000000000002',
  ...NEW_SERVICE_EXAMPLE,
};

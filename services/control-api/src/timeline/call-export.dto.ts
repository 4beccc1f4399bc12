import { z } from 'zod';
import { addedNoteSchema, dispositionSchema } from '../annotations/annotation.dto.ts';
import { callDetailSchema } from '../calls/call-detail.dto.ts';
import { timelineSchema, turnsSchema } from './timeline.dto.ts';

export const callExportSchema = z
  .object({
    call: callDetailSchema,
    disposition: dispositionSchema,
    tags: z.array(z.string()),
    notes: z.array(addedNoteSchema),
    turns: turnsSchema.shape.items,
    timeline: timelineSchema.shape.items,
  })
  .meta({
    example: {
      call: callDetailSchema.meta()?.['example'],
      disposition: dispositionSchema.meta()?.['example'],
      tags: ['complaint'],
      notes: [addedNoteSchema.meta()?.['example']],
      turns: itemsOf(turnsSchema.meta()?.['example']),
      timeline: itemsOf(timelineSchema.meta()?.['example']),
    },
  });

function itemsOf(page: unknown): unknown {
  return (page as { readonly items: unknown }).items;
}

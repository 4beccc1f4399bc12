import { maskNumbers, visibleText, type CallId } from '@tandem/contracts';
import type { Author, CallNote, CorrectedDisposition } from '@tandem/database';
import { keySchema, type Principal } from '@tandem/platform';
import { z } from 'zod';

const MAX_TAGS = 20;

const authorSchema = z
  .object({
    kind: z.string().describe('Such as api-key.'),
    id: z.uuid().nullable().describe('Of the API key; null for a service.'),
  })
  .describe('The sender of the change.');
const authorExample = { kind: 'api-key', id: '7a0c1d3e-0000-4000-800b-000000000001' };
const at = z.iso.datetime({ offset: true });
const outcomeSchema = z.object({ outcome: z.string(), detail: z.string() });

export const dispositionSchema = z
  .object({
    current: outcomeSchema.nullable().describe('What counts: the last correction, or the original.'),
    original: outcomeSchema.nullable().describe('As it was written with the call.'),
    corrections: z
      .array(outcomeSchema.extend({ reason: z.string(), author: authorSchema, at }))
      .describe('The oldest first.'),
  })
  .meta({
    example: {
      current: { outcome: 'booked', detail: 'K48215' },
      original: { outcome: 'handled', detail: '' },
      corrections: [
        {
          outcome: 'booked',
          detail: 'K48215',
          reason: 'The booking was made by hand after the call.',
          author: authorExample,
          at: '2027-03-01T15:00:00.000Z',
        },
      ],
    },
  });

export const correctDispositionSchema = z
  .strictObject({
    outcome: keySchema.meta({ description: 'A word of the business, such as booked.', example: 'booked' }),
    detail: z.string().max(1_000).transform(maskNumbers).default(''),
    reason: visibleText(500).transform(maskNumbers).describe('Why the outcome is corrected.'),
  })
  .meta({
    example: {
      outcome: 'booked',
      detail: 'K48215',
      reason: 'The booking was made by hand after the call.',
    },
  });
export type CorrectDisposition = z.output<typeof correctDispositionSchema>;

const noteSchema = z.object({ id: z.uuid(), text: z.string(), author: authorSchema, at });
const noteExample = {
  id: '7a0c1d3e-0000-4000-800c-000000000001',
  text: 'Called back, all well.',
  author: authorExample,
  at: '2027-03-01T15:00:00.000Z',
};
export const addedNoteSchema = noteSchema.meta({ example: noteExample });
export const notesSchema = z
  .object({ items: z.array(noteSchema).describe('The oldest first.') })
  .meta({ example: { items: [noteExample] } });

export const addNoteSchema = z
  .strictObject({ text: visibleText(4_000).transform(maskNumbers) })
  .meta({ example: { text: 'Called back, all well.' } });
export type AddNote = z.output<typeof addNoteSchema>;

export const noteParameterSchema = z.object({
  callId: z
    .uuid()
    .toLowerCase()
    .transform((id) => id as CallId),
  noteId: z.uuid().toLowerCase(),
});
export type NoteParameter = z.output<typeof noteParameterSchema>;

export const tagsSchema = z
  .object({ tags: z.array(z.string()).describe('In their order of letters.') })
  .meta({ example: { tags: ['complaint', 'heating'] } });

export const setTagsSchema = z
  .strictObject({
    tags: z
      .array(keySchema)
      .max(MAX_TAGS)
      .refine((tags) => new Set(tags).size === tags.length, 'must not name one twice'),
  })
  .meta({ example: { tags: ['complaint', 'heating'] } });
export type SetTags = z.output<typeof setTagsSchema>;

export const authorOf = ({ kind, apiKeyId, userId }: Principal): Author => ({
  kind,
  id: userId ?? apiKeyId,
});

export function toDisposition({
  original,
  corrections,
}: CorrectedDisposition): z.infer<typeof dispositionSchema> {
  const last = corrections.at(-1);
  return {
    current: last ? { outcome: last.outcome, detail: last.detail } : original,
    original,
    corrections: corrections.map((one) => ({ ...one, at: one.at.toISOString() })),
  };
}

export const toNote = (note: CallNote): z.infer<typeof noteSchema> => ({
  ...note,
  at: note.at.toISOString(),
});

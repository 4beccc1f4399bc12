import { messageChannelSchema, reminderSchema, TEXT_PLACES, visibleText } from '@tandem/contracts';
import type { BookingSettings, NoticeSettings } from '@tandem/database';
import { opensSchema, phoneSchema } from '@tandem/platform';
import { z } from 'zod';

const PLACES = TEXT_PLACES.map((place) => `{${place}}`);

const textSchema = visibleText(320)
  .refine((text) => (text.match(/\{\w+\}/g) ?? []).every((place) => PLACES.includes(place)), {
    message: `has a place that is none of ${PLACES.join(', ')}`,
  })
  .optional();

const noticeFields = {
  confirmation: messageChannelSchema
    .nullable()
    .default(null)
    .describe('Sent when an appointment is booked, confirmed or moved; null for none.'),
  reminders: z
    .array(reminderSchema)
    .max(5)
    .refine(
      (items) =>
        new Set(items.map(({ minutesBefore, channel }) => `${minutesBefore} ${channel}`)).size ===
        items.length,
      'names one reminder twice',
    )
    .default([])
    .describe('15 minutes to 14 days before the appointment; up to five.'),
};

const NOTICES_EXAMPLE: Pick<PutBookingSettings, 'confirmation' | 'reminders'> = {
  confirmation: 'email',
  reminders: [
    { minutesBefore: 1_440, channel: 'email' },
    { minutesBefore: 120, channel: 'sms' },
  ],
};

export const noticeSettingsSchema = z.strictObject(noticeFields).meta({ example: NOTICES_EXAMPLE });

export const putBookingSettingsSchema = z.strictObject({
  ...noticeFields,
  quietFrom: opensSchema
    .default('20:00')
    .describe('Local time. Nothing is sent or offered from then on; what falls there waits for its end.'),
  quietUntil: opensSchema.default('08:00').describe('The same time as quietFrom: no quiet hours.'),
  offerMinutes: z
    .number()
    .int()
    .min(5)
    .max(2_880)
    .default(60)
    .describe('How long a time is held for one who is offered it from the waiting list.'),
  smsNumber: phoneSchema
    .nullable()
    .default(null)
    .describe('The number of yours that text messages come from; null for the oldest.'),
  texts: z
    .strictObject({ confirmation: textSchema, reminder: textSchema, offer: textSchema })
    .default({})
    .describe(`Your own texts, with the places ${PLACES.join(', ')}; without one it is ours, in English.`),
});
export type PutBookingSettings = z.output<typeof putBookingSettingsSchema>;

const shownTextSchema = z.string().optional();
const noticeShape = {
  confirmation: messageChannelSchema.nullable(),
  reminders: z.array(z.object(reminderSchema.shape)),
};

export const bookingSettingsSchema = z.object({
  ...noticeShape,
  quietFrom: z.string(),
  quietUntil: z.string(),
  offerMinutes: z.number().int(),
  smsNumber: z.string().nullable(),
  texts: z.object({
    confirmation: shownTextSchema,
    reminder: shownTextSchema,
    offer: shownTextSchema,
  }),
});

export const serviceNoticesSchema = z
  .object({
    own: z.object(noticeShape).nullable().describe('null: those of the business.'),
  })
  .meta({ example: { own: NOTICES_EXAMPLE } });

export const BOOKING_SETTINGS_EXAMPLE = {
  ...NOTICES_EXAMPLE,
  quietFrom: '20:00',
  quietUntil: '08:00',
  offerMinutes: 60,
  smsNumber: null,
  texts: {},
} satisfies PutBookingSettings;

const toNoticesDto = ({ confirmation, reminders }: NoticeSettings) => ({
  confirmation,
  reminders: [...reminders],
});

export function toBookingSettingsDto(settings: BookingSettings): z.output<typeof bookingSettingsSchema> {
  return { ...settings, ...toNoticesDto(settings) };
}

export const toServiceNoticesDto = (own: NoticeSettings | null): z.output<typeof serviceNoticesSchema> => ({
  own: own && toNoticesDto(own),
});

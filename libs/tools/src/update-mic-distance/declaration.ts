import { defineTool } from '@tandem/contracts';
import { z } from 'zod';

/** Carried out by the session: sets the model's noise reduction. */
export const updateMicDistance = defineTool({
  name: 'update_mic_distance',
  description: [
    'Tells the line how the caller speaks into their phone. Call it with far_field when they are on ' +
      'speakerphone, in a car or away from the phone,',
    'or when you keep mishearing them over noise; with near_field when they hold the phone to their ear ' +
      'again. Say nothing about it.',
  ].join(' '),
  place: 'call',
  arguments: z.strictObject({
    distance: z
      .enum(['near_field', 'far_field'])
      .describe('near_field: at the ear or a headset. far_field: speakerphone, car, room.'),
  }),
  cancellable: false,
  deadlineMs: 1_000,
});

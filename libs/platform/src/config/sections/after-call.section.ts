import { section } from '../setting.ts';
import { wholeNumber } from './forms.ts';

export const afterCallSection = section('After the call', 'Analyses of calls that are over.', {
  analysisConcurrency: {
    env: 'ANALYSIS_CONCURRENCY',
    schema: wholeNumber(1, 100).default(4),
    unit: 'jobs',
    description: 'Calls one worker analyses at a time; most of the time it waits for a model.',
  },
});

import { serveOpenApi, type RunOptions } from '@tandem/platform';
import { ControlApiModule } from './control-api.module.ts';

/** How control-api is run: by `main.ts` as a process, by tests in theirs. */
export const controlApi: RunOptions<'control-api'> = {
  module: (config) => ControlApiModule.forRoot(config),
  prepare: (app) =>
    serveOpenApi(app, {
      title: 'Tandem control-api',
      description:
        'Calls with their transcripts, tool calls and cost, and commands for running ones; agents, ' +
        'numbers, callers and departments; spending; webhooks to business systems.',
    }),
};

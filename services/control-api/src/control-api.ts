import { serveOpenApi, type OpenApiAbout, type RunOptions } from '@tandem/platform';
import { ControlApiModule } from './control-api.module.ts';

export const ABOUT: OpenApiAbout = {
  title: 'Tandem control-api',
  description:
    'Calls with their transcripts, tool calls and cost, and commands for running ones; the business, ' +
    'its agents, numbers, hours, callers, departments, users and API keys; spending; webhooks to ' +
    'business systems.',
  hasSessions: true,
};

/** The options control-api runs with, in `main.ts` and in specs. */
export const controlApi: RunOptions<'control-api'> = {
  module: (config) => ControlApiModule.forRoot(config),
  prepare: (app, { trustedProxies }) => {
    app.set('trust proxy', trustedProxies);
    return serveOpenApi(app, ABOUT);
  },
};

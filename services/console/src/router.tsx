import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Navigate,
} from '@tanstack/react-router';
import { readCallFilters } from './calls/call-filters.ts';
import { NotFoundPage } from './shell/not-found-page.tsx';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFoundPage });
const child = <Path extends string>(path: Path) => ({ getParentRoute: () => root, path });

const home = createRoute({ ...child('/'), component: () => <Navigate to="/live" replace /> });
const live = createRoute({
  ...child('/live'),
  component: lazyRouteComponent(() => import('./live/live-page.tsx'), 'LivePage'),
});
const calls = createRoute({
  ...child('/calls'),
  validateSearch: readCallFilters,
  component: lazyRouteComponent(() => import('./calls/calls-page.tsx'), 'CallsPage'),
});
const call = createRoute({
  ...child('/calls/$callId'),
  validateSearch: (search: Record<string, unknown>): { readonly t?: number } => {
    const t = Number(search['t']);
    return Number.isFinite(t) && t >= 0 ? { t } : {};
  },
  component: lazyRouteComponent(() => import('./call/call-page.tsx'), 'CallPage'),
});
const agents = createRoute({
  ...child('/agents'),
  component: lazyRouteComponent(() => import('./agents/agents-page.tsx'), 'AgentsPage'),
});
const agent = createRoute({
  ...child('/agents/$agentId'),
  component: lazyRouteComponent(() => import('./agents/agent-page.tsx'), 'AgentPage'),
});
const numbers = createRoute({
  ...child('/numbers'),
  component: lazyRouteComponent(() => import('./numbers/numbers-page.tsx'), 'NumbersPage'),
});
const callers = createRoute({
  ...child('/callers'),
  component: lazyRouteComponent(() => import('./callers/callers-page.tsx'), 'CallersPage'),
});
const departments = createRoute({
  ...child('/departments'),
  component: lazyRouteComponent(() => import('./departments/departments-page.tsx'), 'DepartmentsPage'),
});
const webhooks = createRoute({
  ...child('/webhooks'),
  component: lazyRouteComponent(() => import('./webhooks/webhooks-page.tsx'), 'WebhooksPage'),
});
const webhook = createRoute({
  ...child('/webhooks/$endpointId'),
  component: lazyRouteComponent(() => import('./webhooks/webhook-page.tsx'), 'WebhookPage'),
});
const settings = createRoute({
  ...child('/settings'),
  component: () => <Navigate to="/settings/$part" params={{ part: 'me' }} replace />,
});
const settingsPart = createRoute({
  ...child('/settings/$part'),
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
});

export const router = createRouter({
  routeTree: root.addChildren([
    home,
    live,
    calls,
    call,
    agents,
    agent,
    numbers,
    callers,
    departments,
    webhooks,
    webhook,
    settings,
    settingsPart,
  ]),
  basepath: '/console',
  defaultPreload: 'intent',
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

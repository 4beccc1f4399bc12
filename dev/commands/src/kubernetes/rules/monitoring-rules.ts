import { readFiles } from '../../checks/sources.ts';
import { nameOf, podsOf, selects, specOf } from '../manifests.ts';
import type { Labels, Manifest } from '../objects.ts';
import type { RenderedSet } from '../render.ts';
import { ofKind } from './lookups.ts';
import type { Rule } from './rule.ts';

const OF_HISTOGRAMS = /_(?:bucket|sum|count)$/;
const METRIC = /\btandem_[a-z0-9_]+\b/g;
const PLACEHOLDER = /\b(?:SELECTOR|RUNBOOKS)\b/;
const SEVERITIES: readonly string[] = ['page', 'ticket'];

let declared: ReadonlySet<string> | undefined;
/** Names of the metrics that services and libraries declare. */
function metrics(): ReadonlySet<string> {
  declared ??= new Set(
    readFiles(['.ts'])
      .filter(({ path }) => /^(?:services|libs)\//.test(path) && !path.endsWith('.spec.ts'))
      .flatMap(({ text }) => [...text.matchAll(/name: '(tandem_[a-z0-9_]+)'/g)].map((match) => match[1]!)),
  );
  return declared;
}

function isBalanced(expression: string): boolean {
  const closers: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };
  const open: string[] = [];
  for (const character of expression.replaceAll(/"(?:[^"\\]|\\.)*"/g, '')) {
    if ('([{'.includes(character)) open.push(character);
    else if (character in closers && open.pop() !== closers[character]) return false;
  }
  return open.length === 0;
}

function queryFaults(query: string, recorded: readonly string[]): string[] {
  const names = query.replaceAll(/[a-z_]+(?::[a-z0-9_]+)+/g, (name) =>
    recorded.includes(name) ? '' : `tandem_${name.replaceAll(':', '_')}`,
  );
  return [
    ...[...new Set(names.match(METRIC) ?? [])]
      .filter((name) => !metrics().has(name) && !metrics().has(name.replace(OF_HISTOGRAMS, '')))
      .map((name) => `asks for ${name}, which nothing measures`),
    ...(isBalanced(query) ? [] : ['has brackets that do not fit']),
    ...(PLACEHOLDER.test(query) ? ['still has a placeholder'] : []),
  ];
}

function alertFaults(rule: Manifest): string[] {
  const rules = (specOf(rule).groups ?? []).flatMap((group) => group.rules);
  const recorded = rules.flatMap(({ record }) => record ?? []);
  return rules.flatMap(({ alert, record, expr, labels = {}, annotations = {} }) =>
    [
      ...queryFaults(expr, recorded),
      ...(alert && !SEVERITIES.includes(labels['severity'] ?? '') ? ['has no severity'] : []),
      ...(alert && !annotations['summary'] ? ['has no summary'] : []),
      ...(alert && !/#[a-z]+$/.test(annotations['runbook_url'] ?? '') ? ['has no runbook'] : []),
    ].map((fault) => `${nameOf(rule)}, ${alert ?? record}: ${fault}`),
  );
}

/** Something a monitor may scrape: labels to select by, and names of ports. */
interface Target {
  readonly labels: Labels;
  readonly ports: readonly (string | undefined)[];
}

function targetsOf(monitor: Manifest, manifests: readonly Manifest[]): Target[] {
  if (monitor.kind === 'PodMonitor')
    return podsOf(manifests).map(({ labels, containers }) => ({
      labels,
      ports: containers.flatMap(({ ports = [] }) => ports.map(({ name }) => name)),
    }));
  return ofKind(manifests, 'Service').map((service) => ({
    labels: service.metadata.labels ?? {},
    ports: (specOf(service).ports ?? []).map(({ name }) => name),
  }));
}

function monitorFaults({ manifests }: RenderedSet): string[] {
  return ofKind(manifests, 'PodMonitor', 'ServiceMonitor').flatMap((monitor) => {
    const { selector, podMetricsEndpoints, endpoints = [] } = specOf(monitor);
    const targets = targetsOf(monitor, manifests).filter(({ labels }) => selects(selector, labels));
    return [
      ...(targets.length > 0 ? [] : [`${nameOf(monitor)} selects nothing`]),
      ...(podMetricsEndpoints ?? endpoints).flatMap(({ port }) =>
        targets.every(({ ports }) => ports.includes(port))
          ? []
          : [`${nameOf(monitor)} scrapes port "${port}", which a target does not have`],
      ),
    ];
  });
}

export const MONITORING_RULES: readonly Rule[] = [
  { name: 'monitors', faultsOf: monitorFaults },
  { name: 'alerts', faultsOf: ({ manifests }) => ofKind(manifests, 'PrometheusRule').flatMap(alertFaults) },
  {
    name: 'scaling-queries',
    faultsOf: ({ manifests }) =>
      ofKind(manifests, 'ScaledObject').flatMap((scaled) =>
        (specOf(scaled).triggers ?? []).flatMap(({ metadata = {} }) =>
          queryFaults(metadata['query'] ?? '', []).map((fault) => `${nameOf(scaled)} ${fault}`),
        ),
      ),
  },
];

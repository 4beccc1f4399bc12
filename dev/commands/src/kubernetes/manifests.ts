import YAML from 'yaml';
import type { Container, Labels, LabelSelector, Manifest, PodSpec, Spec } from './objects.ts';

/** Returns `Deployment/tandem-crm-api`. */
export const nameOf = ({ kind, metadata }: Manifest): string => `${kind}/${metadata.name}`;

export const specOf = ({ spec = {} }: Manifest): Spec => spec;

/**
 * Reads a stream of objects, in the order they stand.
 * @throws when it is no YAML 1.1, or a key stands twice
 */
export function readManifests(text: string): Manifest[] {
  const documents = YAML.parseAllDocuments(text, { version: '1.1' });
  return documents.flatMap((document) => {
    const [fault] = document.errors;
    if (fault) throw new Error(`no YAML: ${fault.message}`);
    const object = document.toJSON() as Manifest | null;
    return object === null ? [] : [object];
  });
}

/** Returns a value as YAML 1.1, its lines as they are: other readers fold them differently. */
export function writeYaml(value: unknown): string {
  YAML.scalarOptions.str.fold.lineWidth = 0;
  return YAML.stringify(value, { version: '1.1' });
}

/** The pod an object runs. */
export interface PodPlan {
  readonly owner: Manifest;
  readonly labels: Labels;
  /** Value of the label that names the component, such as `crm-api`. */
  readonly component: string;
  readonly spec: PodSpec;
  /** Containers that prepare the pod, then the ones that run in it. */
  readonly containers: readonly Container[];
  /** The container of the service itself. */
  readonly main: Container | undefined;
  readonly isLongRunning: boolean;
}

/** Returns the pods that a set of objects runs. */
export function podsOf(manifests: readonly Manifest[]): PodPlan[] {
  return manifests.flatMap((owner) => {
    const template = owner.kind === 'Pod' ? owner : specOf(owner).template;
    if (!template?.spec) return [];
    const { spec, metadata: { labels = {} } = {} } = template;
    return [
      {
        owner,
        labels,
        component: labels['app.kubernetes.io/component'] ?? '',
        spec,
        containers: [...(spec.initContainers ?? []), ...(spec.containers ?? [])],
        main: spec.containers?.[0],
        isLongRunning: ['Deployment', 'StatefulSet'].includes(owner.kind),
      },
    ];
  });
}

/** Returns whether a label selector selects these labels. */
export function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector ?? {};
  return (
    Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
    matchExpressions.every(({ key, operator, values = [] }) =>
      operator === 'In' ? values.includes(labels[key] ?? '') : key in labels,
    )
  );
}

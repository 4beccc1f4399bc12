import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkoutRoot, npmPackage, tandemFolder } from '@tandem/stack';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import { fileOf, makeObjectSchemas, type JsonSchema } from './make-object-schemas.ts';
import { nameOf } from './manifests.ts';
import type { Manifest } from './objects.ts';

export const SCHEMA_FILE = 'dev/commands/src/kubernetes/objects.schema.json';

/** Packages of the kubernetes-models family, with the kinds the chart may render. */
const SOURCES = [
  {
    name: 'kubernetes-models',
    version: '5.1.0',
    kinds: {
      v1: ['ConfigMap', 'Namespace', 'PersistentVolumeClaim', 'Pod', 'Secret', 'Service', 'ServiceAccount'],
      'apps/v1': ['Deployment', 'StatefulSet'],
      'autoscaling/v2': ['HorizontalPodAutoscaler'],
      'batch/v1': ['Job'],
      'networking.k8s.io/v1': ['Ingress', 'NetworkPolicy'],
      'policy/v1': ['PodDisruptionBudget'],
    },
  },
  { name: '@kubernetes-models/keda', version: '2.0.0', kinds: { 'keda.sh/v1alpha1': ['ScaledObject'] } },
  {
    name: '@kubernetes-models/prometheus-operator',
    version: '6.0.0',
    kinds: { 'monitoring.coreos.com/v1': ['PodMonitor', 'PrometheusRule', 'ServiceMonitor'] },
  },
  {
    name: '@kubernetes-models/gateway-api',
    version: '2.0.0',
    kinds: { 'gateway.networking.k8s.io/v1': ['HTTPRoute'] },
  },
  {
    name: '@kubernetes-models/cert-manager',
    version: '6.0.0',
    kinds: { 'cert-manager.io/v1': ['Certificate'] },
  },
  {
    name: '@kubernetes-models/external-secrets',
    version: '2.0.0',
    kinds: { 'external-secrets.io/v1': ['ExternalSecret'] },
  },
] as const;

/** Downloads the packages and returns the schema made of them. */
export async function objectSchemasOfPackages(): Promise<JsonSchema> {
  const files = await Promise.all(
    SOURCES.map(async ({ name, version, kinds }) => {
      const folder = await npmPackage(join(tandemFolder, 'cache'), name, version);
      const modules = folder.slice(0, -name.length);
      return Object.entries(kinds).flatMap(([apiVersion, list]) =>
        (list as readonly string[]).map((kind) => ({
          apiVersion,
          kind,
          file: fileOf(modules, name, apiVersion, kind),
        })),
      );
    }),
  );
  return makeObjectSchemas(files.flat());
}

/** Validates objects against the schemas of their kinds; unknown kinds and unknown fields are faults. */
export class ObjectSchemas {
  private readonly ajv = new Ajv({ allErrors: true, strict: false, verbose: false });
  private readonly compiled = new Map<string, ValidateFunction>();
  private readonly known: ReadonlySet<string>;

  constructor(file = join(checkoutRoot, SCHEMA_FILE)) {
    const schema = JSON.parse(readFileSync(file, 'utf8')) as { definitions: Record<string, unknown> };
    this.known = new Set(Object.keys(schema.definitions));
    this.ajv.addSchema(schema, 'objects');
  }

  /** Returns one sentence for each fault, with the object's name. */
  faultsOf(manifest: Manifest): string[] {
    const type = `${manifest.apiVersion}/${manifest.kind}`;
    if (!this.known.has(type)) return [`${nameOf(manifest)}: no such kind in ${manifest.apiVersion}`];
    const validate = this.validatorOf(type);
    if (validate(manifest)) return [];
    return [...new Set((validate.errors ?? []).filter(isCause).map((error) => told(manifest, error)))];
  }

  private validatorOf(type: string): ValidateFunction {
    const known = this.compiled.get(type);
    if (known) return known;
    const pointer = type.replaceAll('~', '~0').replaceAll('/', '~1');
    const made = this.ajv.compile({ $ref: `objects#/definitions/${encodeURIComponent(pointer)}` });
    this.compiled.set(type, made);
    return made;
  }
}

/** The faults inside a choice are told; that none of it fits is not. */
const isCause = ({ keyword }: ErrorObject): boolean => keyword !== 'anyOf';

function told(manifest: Manifest, { instancePath, message = '', params }: ErrorObject): string {
  const unknown = (params as { additionalProperty?: string }).additionalProperty;
  const what = unknown === undefined ? message : `has no field "${unknown}"`;
  return `${nameOf(manifest)}: ${instancePath || '/'} ${what}`;
}

/* Objects of Kubernetes, as far as the rules read them. The schemas judge the rest. */

export type Labels = Record<string, string>;

export interface Metadata {
  name: string;
  namespace?: string;
  labels?: Labels;
  annotations?: Labels;
}

export interface LabelSelector {
  matchLabels?: Labels;
  matchExpressions?: { key: string; operator: string; values?: string[] }[];
}

export interface Probe {
  httpGet?: { path?: string; port: string | number };
  tcpSocket?: { port: string | number };
}

export interface EnvironmentEntry {
  name: string;
  value?: string;
  valueFrom?: {
    secretKeyRef?: { name: string; key: string; optional?: boolean };
    fieldRef?: { fieldPath: string };
  };
}

export interface ContainerPort {
  name?: string;
  containerPort: number;
  hostPort?: number;
  protocol?: string;
}

export interface Container {
  name: string;
  image?: string;
  env?: EnvironmentEntry[];
  ports?: ContainerPort[];
  volumeMounts?: { name: string; mountPath: string }[];
  resources?: {
    requests?: Record<string, string | number>;
    limits?: Record<string, string | number>;
  };
  startupProbe?: Probe;
  readinessProbe?: Probe;
  livenessProbe?: Probe;
  lifecycle?: { preStop?: { sleep?: { seconds?: number } } };
  securityContext?: {
    allowPrivilegeEscalation?: boolean;
    readOnlyRootFilesystem?: boolean;
    privileged?: boolean;
    capabilities?: { add?: string[]; drop?: string[] };
  };
}

export interface Volume {
  name: string;
  configMap?: { name: string };
  hostPath?: object;
}

export interface PodSpec {
  containers?: Container[];
  initContainers?: Container[];
  volumes?: Volume[];
  restartPolicy?: string;
  serviceAccountName?: string;
  automountServiceAccountToken?: boolean;
  enableServiceLinks?: boolean;
  terminationGracePeriodSeconds?: number;
  topologySpreadConstraints?: { labelSelector?: LabelSelector }[];
  hostNetwork?: boolean;
  hostPID?: boolean;
  hostIPC?: boolean;
  securityContext?: {
    runAsNonRoot?: boolean;
    runAsUser?: number;
    seccompProfile?: { type: string };
  };
}

export interface ServicePort {
  name?: string;
  port: number;
  targetPort?: string | number;
  protocol?: string;
}

export interface Peer {
  ipBlock?: { cidr: string; except?: string[] };
  podSelector?: LabelSelector;
  namespaceSelector?: LabelSelector;
}

export interface PolicyRule {
  from?: Peer[];
  to?: Peer[];
  ports?: { port: string | number; protocol?: string }[];
}

export interface Trigger {
  type: string;
  metadata?: Record<string, string>;
}

export interface AlertRule {
  alert?: string;
  record?: string;
  expr: string;
  labels?: Labels;
  annotations?: Labels;
}

/** A rule of an Ingress or of a route of the Gateway API. */
export interface RouteRule {
  http?: { paths: { backend: { service: { name: string; port: { name?: string; number?: number } } } }[] };
  backendRefs?: { name: string; port: number }[];
}

/** Fields of the specs of all kinds together. */
export interface Spec extends PodSpec {
  replicas?: number;
  strategy?: { rollingUpdate?: { maxSurge?: number; maxUnavailable?: number } };
  template?: { metadata?: Partial<Metadata>; spec?: PodSpec };
  volumeClaimTemplates?: Manifest[];
  serviceName?: string;
  podManagementPolicy?: string;
  activeDeadlineSeconds?: number;
  /** A Service has the labels themselves here. */
  selector?: LabelSelector;
  ports?: ServicePort[];
  clusterIP?: string;
  type?: string;
  loadBalancerSourceRanges?: string[];
  publishNotReadyAddresses?: boolean;
  minAvailable?: number | string;
  maxUnavailable?: number | string;
  scaleTargetRef?: { kind?: string; name?: string };
  minReplicas?: number;
  maxReplicas?: number;
  minReplicaCount?: number;
  maxReplicaCount?: number;
  triggers?: Trigger[];
  fallback?: object;
  advanced?: {
    horizontalPodAutoscalerConfig?: {
      behavior?: { scaleDown?: { stabilizationWindowSeconds?: number } };
    };
  };
  podSelector?: LabelSelector;
  policyTypes?: string[];
  ingress?: PolicyRule[];
  egress?: PolicyRule[];
  rules?: RouteRule[];
  podMetricsEndpoints?: { port: string }[];
  endpoints?: { port: string }[];
  groups?: { rules: AlertRule[] }[];
}

export interface Manifest {
  apiVersion: string;
  kind: string;
  metadata: Metadata;
  spec?: Spec;
  data?: Labels;
}

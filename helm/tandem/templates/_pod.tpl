{{/* Pod Security "restricted", whatever the namespace asks for. Takes root. */}}
{{- define "tandem.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.podSecurity }}
{{- range $key := list "runAsUser" "runAsGroup" "fsGroup" }}
{{- $id := index $.Values.podSecurity $key }}
{{- if not (kindIs "invalid" $id) }}
{{ $key }}: {{ $id | int64 }}
{{- end }}
{{- end }}
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "tandem.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{/* Probes as docs/operation.md has them: start and readiness on the management port, liveness on its own. */}}
{{- define "tandem.probes" -}}
{{- $own := .own -}}
{{- $ready := dict "path" "/readyz" "port" "management" -}}
{{- $probes := dict
  "startup" (dict "httpGet" $ready "periodSeconds" 2 "timeoutSeconds" 2 "failureThreshold" 60)
  "readiness" (dict "httpGet" $ready "periodSeconds" 5 "timeoutSeconds" 2 "failureThreshold" 2)
  "liveness" (dict "httpGet" (dict "path" "/healthz" "port" "http") "periodSeconds" 5 "timeoutSeconds" 3 "failureThreshold" 4)
-}}
{{- if eq .name "edge" -}}
{{- $isHaproxy := eq .root.Values.edge.flavour "haproxy" -}}
{{- $how := ternary "httpGet" "tcpSocket" $isHaproxy -}}
{{- $what := ternary (dict "path" "/edge/ready" "port" "metrics") (dict "port" "public") $isHaproxy -}}
{{- $probes = dict
  "startup" (dict $how $what "periodSeconds" 1 "timeoutSeconds" 2 "failureThreshold" 60)
  "readiness" (dict $how $what "periodSeconds" 5 "timeoutSeconds" 2 "failureThreshold" 2)
  "liveness" (dict $how $what "periodSeconds" 5 "timeoutSeconds" 3 "failureThreshold" 4)
-}}
{{- end -}}
{{- range $part := list "startup" "readiness" "liveness" }}
{{ $part }}Probe:
  {{- mergeOverwrite (index $probes $part) (deepCopy (index $own.probes $part | default dict)) | toYaml | nindent 2 }}
{{- end }}
{{- end }}

{{/* Pods of one component apart from each other. Takes {root, name, own}. */}}
{{- define "tandem.spread" -}}
{{- if kindIs "invalid" .own.topologySpreadConstraints -}}
{{- range $key := list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
- maxSkew: 1
  topologyKey: {{ $key }}
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels:
      {{- include "tandem.selector" $ | nindent 6 }}
{{- end }}
{{- else -}}
{{- toYaml .own.topologySpreadConstraints -}}
{{- end -}}
{{- end }}

{{/* Labels and annotations of a pod. Takes {root, name, own} and optionally checksum. */}}
{{- define "tandem.podMetadata" -}}
labels:
  {{- include "tandem.labels" . | nindent 2 }}
  {{- with .own.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- $annotations := merge (dict) .own.podAnnotations .root.Values.commonAnnotations }}
{{- with .root.Values.secrets.revision }}
{{- $_ := set $annotations "tandem/secrets-revision" (toString .) }}
{{- end }}
{{- with .checksum }}
{{- $_ := set $annotations "checksum/config" . }}
{{- end }}
{{- with $annotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* What every pod has beside its containers and volumes. Takes {root, name, own}. */}}
{{- define "tandem.podFrame" -}}
serviceAccountName: {{ include "tandem.serviceAccount" . }}
automountServiceAccountToken: false
# Kubernetes would set CRM_API_PORT=tcp://…, and our settings have such names.
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "tandem.graceSeconds" . }}
securityContext:
  {{- include "tandem.podSecurity" .root | nindent 2 }}
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with include "tandem.spread" . | trim }}
{{- if ne . "[]" }}
topologySpreadConstraints:
  {{- . | nindent 2 }}
{{- end }}
{{- end }}
{{- range $key := list "nodeSelector" "tolerations" "affinity" "priorityClassName" "runtimeClassName" }}
{{- with index $.own $key }}
{{ $key }}: {{ if kindIs "string" . }}{{ . }}{{ else }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{/* The seconds a pod still takes requests before SIGTERM. Takes own. */}}
{{- define "tandem.preStop" -}}
{{- if gt (int .preStopSeconds) 0 }}
lifecycle:
  preStop:
    sleep:
      seconds: {{ .preStopSeconds | int }}
{{- end }}
{{- end }}

{{/* Volumes of a service. Takes {root, name, own}. */}}
{{- define "tandem.volumes" -}}
- name: tmp
  emptyDir: { medium: Memory, sizeLimit: 64Mi }
{{- $recordings := .root.Values.recordings }}
{{- if and $recordings.enabled (has .name (list "media-relay" "control-api")) }}
{{- if not $recordings.kmsKeyId }}
- name: recording-keys
  secret:
    secretName: {{ .root.Values.secrets.existingSecret }}
    items:
      - key: {{ $recordings.keyFileKey }}
        path: recording-keys.json
{{- end }}
{{- if $recordings.existingClaim }}
- name: recordings
  persistentVolumeClaim:
    claimName: {{ $recordings.existingClaim }}
{{- else if or (eq .name "control-api") (not $recordings.spoolSize) }}
- name: recordings
  emptyDir: {}
{{- end }}
{{- end }}
{{- with .own.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Mounts of a service. Takes {root, name, own}. */}}
{{- define "tandem.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- $recordings := .root.Values.recordings }}
{{- if and $recordings.enabled (has .name (list "media-relay" "control-api")) }}
{{- if not $recordings.kmsKeyId }}
- name: recording-keys
  mountPath: /run/secrets/tandem
  readOnly: true
{{- end }}
- name: recordings
  mountPath: /var/lib/tandem/recordings
{{- end }}
{{- with .own.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* The container that brings the schema up to date. Takes root. */}}
{{- define "tandem.migrateContainer" -}}
name: migrate
image: {{ include "tandem.image" (dict "root" . "name" "crm-api") }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [migrate.mjs]
env:
  - name: DATABASE_URL
    valueFrom:
      {{- include "tandem.secretKey" (dict "root" . "key" .Values.migrations.databaseKey) | nindent 6 }}
resources:
  {{- toYaml .Values.migrations.resources | nindent 2 }}
securityContext:
  {{- include "tandem.containerSecurity" . | nindent 2 }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
{{- end }}

{{/* Pod of a service. Takes {root, name, own, row}. */}}
{{- define "tandem.servicePod" -}}
metadata:
  {{- include "tandem.podMetadata" . | nindent 2 }}
spec:
  {{- include "tandem.podFrame" . | nindent 2 }}
  {{- $isMigrating := and .row.database (eq .root.Values.migrations.mode "init") }}
  {{- if or $isMigrating .own.initContainers }}
  initContainers:
    {{- if $isMigrating }}
    - {{- include "tandem.migrateContainer" .root | nindent 6 }}
    {{- end }}
    {{- with .own.initContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
  containers:
    - name: {{ .name }}
      image: {{ include "tandem.image" . }}
      imagePullPolicy: {{ .root.Values.image.pullPolicy }}
      env:
        {{- include "tandem.env" . | nindent 8 }}
        - name: NODE_ENV
          value: production
        {{- with .own.nodeOptions }}
        - name: NODE_OPTIONS
          value: {{ . | quote }}
        {{- end }}
        {{- with .own.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- with .own.extraEnvFrom }}
      envFrom:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      ports:
        - { name: http, containerPort: {{ .row.port }}, protocol: TCP }
        - { name: management, containerPort: {{ include "tandem.managementPort" . }}, protocol: TCP }
        {{- if and .root.Values.audioSocket.enabled (eq .name "media-relay") }}
        - { name: audiosocket, containerPort: {{ .root.Values.audioSocket.port | int }}, protocol: TCP }
        {{- end }}
      {{- include "tandem.probes" . | nindent 6 }}
      {{- include "tandem.preStop" .own | nindent 6 }}
      resources:
        {{- toYaml .own.resources | nindent 8 }}
      securityContext:
        {{- include "tandem.containerSecurity" .root | nindent 8 }}
      volumeMounts:
        {{- include "tandem.mounts" . | nindent 8 }}
    {{- with .own.extraContainers }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  volumes:
    {{- include "tandem.volumes" . | nindent 4 }}
{{- end }}

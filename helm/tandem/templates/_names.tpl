{{- define "tandem.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* Short enough for "-post-call-worker" and the hashes of pods behind it, and for a relay id. */}}
{{- define "tandem.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains (include "tandem.name" .) .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "tandem.name" .) | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{/* Labels pods are selected by: never the version, which changes. Takes {root, name}. */}}
{{- define "tandem.selector" -}}
app.kubernetes.io/name: {{ include "tandem.name" .root }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .name }}
{{- end }}

{{/* Takes {root, name}. */}}
{{- define "tandem.labels" -}}
{{ include "tandem.selector" . }}
app.kubernetes.io/part-of: tandem
app.kubernetes.io/version: {{ .root.Values.image.tag | default .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- with .root.Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{/* Metadata of an object. Takes {root, name} and optionally suffix, labels, annotations. */}}
{{- define "tandem.metadata" -}}
name: {{ include "tandem.fullname" .root }}-{{ .name }}{{ .suffix }}
namespace: {{ .root.Release.Namespace }}
labels:
  {{- include "tandem.labels" . | nindent 2 }}
  {{- with .labels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with merge (dict) (.annotations | default dict) .root.Values.commonAnnotations }}
annotations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{/* Takes {root, name}. */}}
{{- define "tandem.serviceAccount" -}}
{{- $own := include "tandem.component" . | fromYaml -}}
{{- default (printf "%s-%s" (include "tandem.fullname" .root) .name) $own.serviceAccount.name -}}
{{- end }}

{{/* Takes {root, name}. */}}
{{- define "tandem.image" -}}
{{- $image := .root.Values.image -}}
{{- $digest := index $image.digests .name -}}
{{- if $digest -}}
{{- printf "%s/tandem-%s@%s" $image.registry .name $digest -}}
{{- else -}}
{{- printf "%s/tandem-%s:%s" $image.registry .name ($image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{- define "tandem.mediaHost" -}}
{{- .Values.hosts.media | default .Values.hosts.voice -}}
{{- end }}

{{/* The hosts of the edge, each once, as a list. */}}
{{- define "tandem.hosts" -}}
{{- toYaml (compact (list .Values.hosts.voice .Values.hosts.media .Values.hosts.api) | uniq) -}}
{{- end }}

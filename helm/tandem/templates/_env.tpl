{{/* What the chart itself knows about a service's settings. Takes {root, name}. */}}
{{- define "tandem.ownSettings" -}}
{{- $root := .root -}}
{{- $row := index (include "tandem.services" . | fromYaml) .name -}}
{{ $row.setting }}: {{ $row.port | quote }}
HOST: {{ ternary "0.0.0.0" "::" (has $root.Values.ipFamilyPolicy (list "" "SingleStack")) | quote }}
MANAGEMENT_PORT: {{ include "tandem.managementPort" . | quote }}
PUBLIC_BASE_URL: https://{{ $root.Values.hosts.voice }}
PUBLIC_MEDIA_URL: wss://{{ include "tandem.mediaHost" $root }}/media/{relay}
CRM_API_URL: http://{{ include "tandem.fullname" $root }}-crm-api:8082
RELAY_MAX_CALLS: {{ $root.Values.relay.maxCalls | int64 | quote }}
RELAY_DRAIN_GRACE_MS: {{ mul $root.Values.relay.drainSeconds 1000 | quote }}
{{- with $root.Values.audioSocket }}
{{- if .enabled }}
AUDIOSOCKET_PORT: {{ .port | int | quote }}
{{- with include "tandem.audioSocketHost" $root }}
AUDIOSOCKET_PUBLIC_HOST: {{ . | quote }}
{{- end }}
{{- if and (ne .reach "edge") (not (hasKey $root.Values.settings "AUDIOSOCKET_ALLOWED_NETWORKS")) }}
AUDIOSOCKET_ALLOWED_NETWORKS: {{ join "," .sourceRanges | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- with $root.Values.recordings }}
{{- if .enabled }}
RECORDINGS_DIR: /var/lib/tandem/recordings
{{- if .kmsKeyId }}
RECORDINGS_KMS_KEY_ID: {{ .kmsKeyId | quote }}
{{- else }}
RECORDINGS_KEY_FILE: /run/secrets/tandem/recording-keys.json
{{- end }}
{{- with .bucket }}
RECORDINGS_S3_BUCKET: {{ . | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}

{{/* Settings that come from the pod itself. Takes {root}. */}}
{{- define "tandem.podSettings" -}}
RELAY_ID: metadata.name
RELAY_REVISION: metadata.labels['controller-revision-hash']
{{- with .root.Values.audioSocket }}
{{- if and .enabled (eq .reach "podAddress") }}
AUDIOSOCKET_PUBLIC_HOST: status.podIP
{{- end }}
{{- end }}
{{- end }}

{{/* A key of the Secret, or of another one named in secrets.keys. Takes {root, key}, optionally optional. */}}
{{- define "tandem.secretKey" -}}
{{- $other := index .root.Values.secrets.keys .key | default dict -}}
secretKeyRef:
  name: {{ $other.name | default .root.Values.secrets.existingSecret }}
  key: {{ $other.key | default .key }}
  {{- if .optional }}
  optional: true
  {{- end }}
{{- end }}

{{/* The environment of a service: its settings, no others. Takes {root, name}. */}}
{{- define "tandem.env" -}}
{{- $root := .root -}}
{{- $known := index ($root.Files.Get "files/settings.json" | fromJson) "services" .name -}}
{{- $own := include "tandem.ownSettings" . | fromYaml -}}
{{- $pod := include "tandem.podSettings" . | fromYaml -}}
{{- $given := $root.Values.settings -}}
{{- range $env := keys $known | sortAlpha }}
{{- $setting := index $known $env }}
{{- if $setting.secret }}
- name: {{ $env }}
  valueFrom:
    {{- include "tandem.secretKey" (dict "root" $root "key" $env "optional" (not $setting.required)) | nindent 4 }}
{{- else if hasKey $pod $env }}
- name: {{ $env }}
  valueFrom:
    fieldRef:
      fieldPath: {{ index $pod $env }}
{{- else if hasKey $own $env }}
- name: {{ $env }}
  value: {{ index $own $env | quote }}
{{- else if hasKey $given $env }}
- name: {{ $env }}
  value: {{ include "tandem.text" (index $given $env) | quote }}
{{- end }}
{{- end }}
{{- end }}

{{/* A value as text: numbers of values files are floats, and large ones would be written as 1e+06. */}}
{{- define "tandem.text" -}}
{{- if kindIs "float64" . -}}{{ . | int64 }}{{- else -}}{{ . }}{{- end -}}
{{- end }}

{{/*
The services: one row each. Everything else about a service follows from its row, its values and the settings
it reads (files/settings.json, written from libs/platform/src/config).

  kind       Deployment or StatefulSet
  port       its own port, and the setting that names it
  database   reads PostgreSQL, so it waits for the schema
  internet   NetworkPolicy: goes out to carriers, models, buckets, receivers of webhooks or tools
*/}}
{{- define "tandem.services" -}}
call-ingress:     {kind: Deployment,  port: 8080, setting: CALL_INGRESS_PORT,     database: true,  internet: true}
media-relay:      {kind: StatefulSet, port: 8081, setting: MEDIA_RELAY_PORT,      database: false, internet: true}
tool-worker:      {kind: Deployment,  port: 8084, setting: TOOL_WORKER_PORT,      database: false, internet: true}
post-call-worker: {kind: Deployment,  port: 8085, setting: POST_CALL_WORKER_PORT, database: true,  internet: true}
crm-api:          {kind: Deployment,  port: 8082, setting: CRM_API_PORT,          database: true,  internet: false}
control-api:      {kind: Deployment,  port: 8083, setting: CONTROL_API_PORT,      database: true,  internet: true}
{{- end }}

{{/* Port of /readyz and /metrics in every pod of a service, never reachable from outside. */}}
{{- define "tandem.managementPort" -}}9464{{- end }}

{{/* Values of one component over the defaults. Takes {root, name}. */}}
{{- define "tandem.component" -}}
{{- $own := index .root.Values.components .name | default dict -}}
{{- toYaml (mergeOverwrite (deepCopy .root.Values.defaults) (deepCopy $own)) -}}
{{- end }}

{{/* Fewest replicas a component can have. Takes {root, name}. */}}
{{- define "tandem.leastReplicas" -}}
{{- $own := include "tandem.component" . | fromYaml -}}
{{- if eq .name "media-relay" -}}
{{- ternary $own.replicas .root.Values.relay.autoscaling.min (eq .root.Values.relay.autoscaling.mode "none") -}}
{{- else -}}
{{- ternary $own.autoscaling.min $own.replicas $own.autoscaling.enabled -}}
{{- end -}}
{{- end }}

{{/* Whether something else sets the number of replicas. Takes {root, name}; empty for no. */}}
{{- define "tandem.isScaled" -}}
{{- $own := include "tandem.component" . | fromYaml -}}
{{- if eq .name "media-relay" -}}
{{- if ne .root.Values.relay.autoscaling.mode "none" -}}yes{{- end -}}
{{- else if $own.autoscaling.enabled -}}yes{{- end -}}
{{- end }}

{{/* Seconds from being told to go to SIGKILL. Takes {root, name}. */}}
{{- define "tandem.graceSeconds" -}}
{{- $own := include "tandem.component" . | fromYaml -}}
{{- if eq .name "media-relay" -}}
{{- add .root.Values.relay.drainSeconds 30 -}}
{{- else -}}
{{- add $own.graceSeconds $own.preStopSeconds -}}
{{- end -}}
{{- end }}

{{/* Port of the edge's pods, and of its Service. */}}
{{- define "tandem.edgePort" -}}{{ ternary 8443 8080 .Values.edge.tls.enabled }}{{- end }}
{{- define "tandem.edgeServicePort" -}}{{ ternary 443 80 .Values.edge.tls.enabled }}{{- end }}

{{- define "tandem.tlsSecret" -}}
{{- .Values.edge.tls.existingSecret | default (printf "%s-edge-tls" (include "tandem.fullname" .)) -}}
{{- end }}

{{- define "tandem.edgeImage" -}}
{{- with .Values.edge.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end -}}
{{- end -}}
{{- end }}

{{/* What the edge's configuration reads from its environment. */}}
{{- define "tandem.edgeSettings" -}}
{{- $fullname := include "tandem.fullname" . -}}
{{- $domain := printf "%s.svc.%s" .Release.Namespace .Values.clusterDomain -}}
VOICE_HOST: {{ .Values.hosts.voice }}
MEDIA_HOST: {{ include "tandem.mediaHost" . }}
API_HOST: {{ .Values.hosts.api | default "none.invalid" }}
RELAY_PATTERN: {{ printf "^/media/(%s-media-relay-[0-9]{1,4})$" $fullname }}
RELAY_SUFFIX: {{ printf ".%s-media-relay.%s" $fullname $domain }}
INGRESS_ADDRESS: {{ printf "%s-call-ingress.%s:8080" $fullname $domain }}
CONTROL_API_ADDRESS: {{ printf "%s-control-api.%s:8083" $fullname $domain }}
{{- end }}

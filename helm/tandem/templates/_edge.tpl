{{/* Port of the edge's pods, and of its Service. */}}
{{- define "tandem.edgePort" -}}{{ ternary 8443 8080 .Values.edge.tls.enabled }}{{- end }}
{{- define "tandem.edgeServicePort" -}}{{ ternary 443 80 .Values.edge.tls.enabled }}{{- end }}

{{- define "tandem.tlsSecret" -}}
{{- .Values.edge.tls.existingSecret | default (printf "%s-edge-tls" (include "tandem.fullname" .)) -}}
{{- end }}

{{- define "tandem.edgeImage" -}}
{{- with index .Values.edge.images .Values.edge.flavour -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag }}{{ end -}}
{{- end -}}
{{- end }}

{{/* Whether a PBX reaches relays through the edge; empty for no. Takes root. */}}
{{- define "tandem.isAudioSocketOfEdge" -}}
{{- with .Values.audioSocket }}{{ if and .enabled (eq .reach "edge") }}yes{{ end }}{{ end -}}
{{- end }}

{{/*
Host under which a PBX reaches AudioSockets, with a port where it is another one; {relay} for the relay's name.
Empty for the pod's address.
*/}}
{{- define "tandem.audioSocketHost" -}}
{{- $fullname := include "tandem.fullname" . -}}
{{- $domain := printf "%s.svc.%s" .Release.Namespace .Values.clusterDomain -}}
{{- with .Values.audioSocket -}}
{{- if eq .reach "podName" -}}
{{- printf "{relay}.%s-media-relay.%s" $fullname $domain -}}
{{- else if eq .reach "edge" -}}
{{- .host | default (printf "%s-edge-audiosocket.%s" $fullname $domain) -}}
{{- if eq .service.type "NodePort" }}:{{ .service.nodePort | int }}{{ end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* The variables the edge's configuration reads (files/edge, the same files as deploy/edge). Takes {root, own}. */}}
{{- define "tandem.edgeSettings" -}}
{{- $fullname := include "tandem.fullname" .root -}}
{{- $domain := printf "%s.svc.%s" .root.Release.Namespace .root.Values.clusterDomain -}}
{{- $edge := .root.Values.edge -}}
VOICE_HOST: {{ .root.Values.hosts.voice }}
MEDIA_HOST: {{ include "tandem.mediaHost" .root }}
INGRESS_ADDRESS: {{ printf "%s-call-ingress.%s:8080" $fullname $domain }}
MANAGEMENT_PORT: {{ include "tandem.managementPort" . | quote }}
RELAY_PATTERN: {{ printf "^/media/%s-media-relay-[0-9]{1,4}(/[a-z-]{1,24})?$" $fullname }}
RELAY_SUFFIX: {{ printf ".%s-media-relay.%s" $fullname $domain }}
EDGE_MAX_CONNECTIONS: {{ $edge.limits.maxConnections | quote }}
EDGE_CONNECTIONS_PER_ADDRESS: {{ $edge.limits.connectionsPerAddress | quote }}
EDGE_API_REQUESTS_PER_ADDRESS: {{ $edge.limits.apiRequestsPerAddress | quote }}
EDGE_STOP_AFTER: {{ printf "%ds" (sub (int .own.graceSeconds) 10) }}
{{- with .root.Values.hosts.api }}
API_HOST: {{ . }}
CONTROL_API_ADDRESS: {{ printf "%s-control-api.%s:8083" $fullname $domain }}
{{- end }}
{{- with .root.Values.audioSocket }}
{{- if .enabled }}
EDGE_PBX_NETWORKS: {{ join " " .sourceRanges | quote }}
{{- end }}
{{- if include "tandem.isAudioSocketOfEdge" $.root }}
EDGE_AUDIOSOCKET_LISTEN: {{ ternary (printf ":%d" (int .port)) (printf ":%d,:::%d" (int .port) (int .port)) (has $.root.Values.ipFamilyPolicy (list "" "SingleStack")) | quote }}
EDGE_AUDIOSOCKET_CONNECTIONS: {{ .maxConnections | int | quote }}
RELAY_PREFIX: {{ $fullname }}-media-relay-
RELAY_AUDIOSOCKET_PORT: {{ .port | int | quote }}
{{- end }}
{{- end }}
{{- if not (has .root.Values.ipFamilyPolicy (list "" "SingleStack")) }}
{{- $port := include "tandem.edgePort" .root }}
EDGE_LISTEN: {{ ternary (printf ":%s,:::%s" $port $port) (printf "[::]:%s ipv6only=off" $port) (eq $edge.flavour "haproxy") | quote }}
{{- end }}
{{- if $edge.tls.enabled }}
EDGE_CERTIFICATE: /etc/edge-tls/tls.pem
EDGE_CERTIFICATE_KEY: /etc/edge-tls/tls.pem.key
{{- end }}
{{- if $edge.mtls.enabled }}
EDGE_CLIENT_CA: /etc/edge-client-ca/ca.crt
EDGE_CLIENT_CERTIFICATE: {{ $edge.mtls.of }}
{{- end }}
{{- end }}

{{/* The three probes. Only readiness asks about dependencies: the health service answers for ""
     while the process itself is well, so that nobody restarts a healthy pod because its database is
     away. Takes SERVICE. */}}
{{- define "deltastream.probes" -}}
{{- $alive := dict -}}
{{- $ready := dict -}}
{{- if .health.grpc -}}
{{- $alive = dict "grpc" (dict "port" .ports.grpc) -}}
{{- $ready = dict "grpc" (dict "port" .ports.grpc "service" .health.grpc) -}}
{{- else -}}
{{- $alive = dict "httpGet" (dict "port" "http" "path" .health.http) -}}
{{- $ready = $alive -}}
{{- end -}}
startupProbe:
  {{- toYaml $alive | nindent 2 }}
  periodSeconds: 1
  timeoutSeconds: 3
  failureThreshold: 60
livenessProbe:
  {{- toYaml $alive | nindent 2 }}
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  {{- toYaml $ready | nindent 2 }}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end -}}

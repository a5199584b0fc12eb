{{/* The three probes. Only readiness asks about dependencies: the health service answers for ""
     while the process itself is well, so that nobody restarts a healthy pod because its database is
     away. With certificates health is asked at a port of its own, as the kubelet has none to show;
     those of a server it does not verify. Takes (dict "root" $ "service" SERVICE). */}}
{{- define "deltastream.probes" -}}
{{- $alive := dict -}}
{{- $ready := dict -}}
{{- $encrypted := include "deltastream.isEncrypted" . -}}
{{- $health := .service.health -}}
{{- if $health.grpc -}}
{{- $port := ternary .root.Values.tls.healthPort .service.ports.grpc (not (empty $encrypted)) -}}
{{- $alive = dict "grpc" (dict "port" $port) -}}
{{- $ready = dict "grpc" (dict "port" $port "service" $health.grpc) -}}
{{- else -}}
{{- $ask := dict "port" "http" "path" $health.http -}}
{{- if $encrypted }}{{ $_ := set $ask "scheme" "HTTPS" }}{{ end -}}
{{- $alive = dict "httpGet" $ask -}}
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

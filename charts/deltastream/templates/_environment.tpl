{{/* What is opened under a name: the connection of that name, or the bus where there is no cache of
     its own. Takes (dict "root" $ "name" one of the values' connections). Returns YAML; nothing for
     limits where there are none. */}}
{{- define "deltastream.connection" -}}
{{- $connection := get .root.Values .name -}}
{{- $set := or $connection.url $connection.existingSecret.name -}}
{{- if and (eq .name "cache") (not $set) -}}
{{- include "deltastream.connection" (dict "root" .root "name" "bus") -}}
{{- else if and $connection.url $connection.existingSecret.name -}}
{{- fail (printf "%s: set %s.url or %s.existingSecret.name, not both" .name .name .name) -}}
{{- else if $set -}}
{{- toYaml $connection -}}
{{- else if ne .name "limits" -}}
{{- fail (printf "%s: set %s.url, or %s.existingSecret.name for one with a password in it" .name .name .name) -}}
{{- end -}}
{{- end -}}

{{/* The environment variable of a connection's URL. Takes the same. */}}
{{- define "deltastream.url" -}}
{{- with include "deltastream.connection" . | fromYaml }}
- name: DELTASTREAM_{{ upper $.name }}_URL
  {{- if .url }}
  value: {{ .url | quote }}
  {{- else }}
  valueFrom:
    secretKeyRef: {name: {{ .existingSecret.name }}, key: {{ .existingSecret.key }}}
  {{- end }}
{{- end }}
{{- end -}}

{{/* What a service listens on. Takes (dict "root" $ "name" NAME "service" SERVICE). */}}
{{- define "deltastream.listeners" -}}
{{- $role := upper .name -}}
{{- $variables := dict "admin" "ADMIN" "public-grpc" (printf "%s_GRPC" $role) "socketio" (printf "%s_SOCKETIO" $role) -}}
{{- range $port, $number := .service.ports }}
- name: DELTASTREAM_{{ get $variables $port | default $role }}_LISTEN
  value: 0.0.0.0:{{ $number }}
{{- end }}
{{- end -}}

{{/* Where spans go. Takes the root. */}}
{{- define "deltastream.tracing" -}}
{{- with .Values.tracing }}
{{- if .endpoint }}
- name: DELTASTREAM_OTLP_ENDPOINT
  value: {{ .endpoint | quote }}
- name: DELTASTREAM_TRACE_RATIO
  value: {{ .ratio | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The whole environment of a service: what it listens on, whom it calls, what it opens, and its
     settings. Takes (dict "root" $ "services" SERVICES "name" NAME "service" SERVICE). */}}
{{- define "deltastream.environment" -}}
{{- $root := .root -}}
{{- include "deltastream.listeners" . }}
{{- include "deltastream.tlsEnvironment" . }}
{{- range $name := .service.calls }}
- name: DELTASTREAM_{{ upper $name }}_ADDRESS
  value: dns:///{{ include "deltastream.fullname" $root }}-{{ $name }}:{{ (get $.services $name).ports.grpc }}
{{- end }}
{{- range .service.opens }}
{{- include "deltastream.url" (dict "root" $root "name" .) }}
{{- end }}
- name: DELTASTREAM_SERVICE_SECRET
  valueFrom:
    secretKeyRef:
      name: {{ required "serviceSecret.name: name a Secret with a long random text in it" $root.Values.serviceSecret.name }}
      key: {{ $root.Values.serviceSecret.key }}
- name: DELTASTREAM_DRAIN_SECONDS
  value: {{ $root.Values.drain.seconds | quote }}
{{- include "deltastream.tracing" $root }}
{{- range $name, $value := mergeOverwrite (deepCopy $root.Values.settings) .service.settings }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- range $name, $secret := .service.secretFiles }}
{{- if $secret.name }}
- name: {{ $name }}
  value: /etc/deltastream/{{ $name | lower }}/{{ $secret.key }}
{{- end }}
{{- end }}
{{- range concat $root.Values.extraEnv (.service.extraEnv | default list) }}
- {{ toYaml . | nindent 2 | trim }}
{{- end }}
{{- end -}}

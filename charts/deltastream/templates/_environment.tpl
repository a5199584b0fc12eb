{{/* What is opened under a name: the connection of that name, or the bus where there is no cache of
     its own. Takes (dict "root" $ "name" one of bus, cache, store, users). Returns YAML. */}}
{{- define "deltastream.connection" -}}
{{- $connection := get .root.Values .name -}}
{{- $set := or $connection.url $connection.existingSecret.name -}}
{{- if and (eq .name "cache") (not $set) -}}
{{- include "deltastream.connection" (dict "root" .root "name" "bus") -}}
{{- else if not $set -}}
{{- fail (printf "%s: set %s.url, or %s.existingSecret.name for one with a password in it" .name .name .name) -}}
{{- else if and $connection.url $connection.existingSecret.name -}}
{{- fail (printf "%s: set %s.url or %s.existingSecret.name, not both" .name .name .name) -}}
{{- else -}}
{{- toYaml $connection -}}
{{- end -}}
{{- end -}}

{{/* The environment variable of a connection's URL. Takes the same. */}}
{{- define "deltastream.url" -}}
{{- $connection := include "deltastream.connection" . | fromYaml }}
- name: DELTASTREAM_{{ upper .name }}_URL
  {{- if $connection.url }}
  value: {{ $connection.url | quote }}
  {{- else }}
  valueFrom:
    secretKeyRef: {name: {{ $connection.existingSecret.name }}, key: {{ $connection.existingSecret.key }}}
  {{- end }}
{{- end -}}

{{/* The whole environment of a service: what it listens on, whom it calls, what it opens, and its
     settings. Takes (dict "root" $ "name" NAME "service" SERVICE). */}}
{{- define "deltastream.environment" -}}
{{- $root := .root -}}
{{- $role := upper .name -}}
{{- $suffixes := dict "socketio" "_SOCKETIO" "public-grpc" "_GRPC" -}}
{{- range $port, $number := .service.ports }}
- name: DELTASTREAM_{{ $role }}{{ get $suffixes $port }}_LISTEN
  value: 0.0.0.0:{{ $number }}
{{- end }}
{{- include "deltastream.tlsEnvironment" . }}
{{- range $name := .service.calls }}
{{- $callee := include "deltastream.callee" (dict "root" $root "name" $name "caller" $.name) | fromYaml }}
- name: DELTASTREAM_{{ upper $name }}_ADDRESS
  value: dns:///{{ include "deltastream.fullname" $root }}-{{ $name }}:{{ $callee.ports.grpc }}
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
{{- end -}}

{{/* What a service is told of certificates. Takes (dict "root" $ "name" NAME "service" SERVICE). */}}
{{- define "deltastream.tlsEnvironment" -}}
{{- $tls := .root.Values.tls -}}
{{- if $tls.existingSecret.name }}
- name: DELTASTREAM_TLS_CERTIFICATE
  value: /etc/deltastream/tls/tls.crt
- name: DELTASTREAM_TLS_KEY
  value: /etc/deltastream/tls/tls.key
- name: DELTASTREAM_TLS_CA
  value: /etc/deltastream/tls/ca.crt
{{- if .service.health.grpc }}
- name: DELTASTREAM_HEALTH_LISTEN
  value: 0.0.0.0:{{ $tls.healthPort }}
{{- end }}
{{- end }}
{{- if and .service.public $tls.public.existingSecret.name }}
- name: DELTASTREAM_{{ upper .name }}_TLS_CERTIFICATE
  value: /etc/deltastream/public-tls/tls.crt
- name: DELTASTREAM_{{ upper .name }}_TLS_KEY
  value: /etc/deltastream/public-tls/tls.key
{{- end }}
{{- end -}}

{{/* The volumes that hold them. Takes the same. */}}
{{- define "deltastream.tlsVolumes" -}}
{{- $tls := .root.Values.tls -}}
{{- with $tls.existingSecret.name }}
- name: tls
  secret: {secretName: {{ . }}, defaultMode: 0440}
{{- end }}
{{- if and .service.public $tls.public.existingSecret.name }}
- name: public-tls
  secret: {secretName: {{ $tls.public.existingSecret.name }}, defaultMode: 0440}
{{- end }}
{{- end -}}

{{/* The same, as mounts. Whole folders: a mounted file alone would stay as it was when the pod
     began. Takes the same. */}}
{{- define "deltastream.tlsMounts" -}}
{{- $tls := .root.Values.tls -}}
{{- if $tls.existingSecret.name }}
- name: tls
  mountPath: /etc/deltastream/tls
  readOnly: true
{{- end }}
{{- if and .service.public $tls.public.existingSecret.name }}
- name: public-tls
  mountPath: /etc/deltastream/public-tls
  readOnly: true
{{- end }}
{{- end -}}

{{/* Whether a port of a service speaks TLS: "true", or nothing.
     Takes (dict "root" $ "service" SERVICE). */}}
{{- define "deltastream.isEncrypted" -}}
{{- $tls := .root.Values.tls -}}
{{- $secret := ternary $tls.public.existingSecret $tls.existingSecret (default false .service.public) -}}
{{- if $secret.name }}true{{ end -}}
{{- end -}}

{{/* What a service sees of the disk besides its read-only image, as the volumes of its pod.
     Takes (dict "root" $ "name" NAME "service" SERVICE). */}}
{{- define "deltastream.volumes" -}}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
{{- if .service.files }}
- name: data
  persistentVolumeClaim:
    claimName: {{ include "deltastream.fullname" .root }}-{{ .name }}
{{- end }}
{{- range $setting, $secret := .service.secretFiles }}
{{- if $secret.name }}
- name: {{ $setting | lower | replace "_" "-" }}
  secret: {secretName: {{ $secret.name }}, defaultMode: 0440}
{{- end }}
{{- end }}
{{- include "deltastream.tlsVolumes" . }}
{{- with concat .root.Values.extraVolumes (.service.extraVolumes | default list) }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* The same, as the mounts of its container. Takes the same. */}}
{{- define "deltastream.mounts" -}}
- name: tmp
  mountPath: /tmp
{{- if .service.files }}
- name: data
  mountPath: /var/lib/deltastream
{{- end }}
{{- range $setting, $secret := .service.secretFiles }}
{{- if $secret.name }}
- name: {{ $setting | lower | replace "_" "-" }}
  mountPath: /etc/deltastream/{{ $setting | lower }}
  readOnly: true
{{- end }}
{{- end }}
{{- include "deltastream.tlsMounts" . }}
{{- with concat .root.Values.extraVolumeMounts (.service.extraVolumeMounts | default list) }}
{{ toYaml . }}
{{- end }}
{{- end -}}

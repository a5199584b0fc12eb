{{/* Where the pods of a service may run: what its block says, or what is said for all.
     Takes (dict "root" $ "name" NAME "service" SERVICE). */}}
{{- define "deltastream.scheduling" -}}
{{- range $field := list "nodeSelector" "tolerations" "affinity" "priorityClassName" }}
{{- with hasKey $.service $field | ternary (get $.service $field) (get $.root.Values $field) }}
{{ $field }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- $spread := .root.Values.topologySpreadConstraints -}}
{{- if hasKey .service "topologySpreadConstraints" -}}
{{- $spread = .service.topologySpreadConstraints -}}
{{- end -}}
{{- if and $spread (not .service.files) }}
topologySpreadConstraints:
  {{- range $spread }}
  - {{ toYaml . | nindent 4 | trim }}
    labelSelector:
      matchLabels:
        {{- include "deltastream.selector" $ | nindent 8 }}
    # The pods of an upgrade are spread among themselves, not among those that they replace.
    matchLabelKeys: [pod-template-hash]
  {{- end }}
{{- end }}
{{- end -}}

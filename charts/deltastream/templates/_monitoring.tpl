{{/* Name and labels of what is for Prometheus, those by which it selects it among them.
     Takes (dict "root" $ "name" NAME). */}}
{{- define "deltastream.monitorMetadata" -}}
{{- include "deltastream.metadata" . }}
{{- with .root.Values.monitoring.labels }}
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* What a monitor asks of each pod. Rules and dashboards know the mesh by its job, and its roles by
     a label of theirs. Takes the root. */}}
{{- define "deltastream.endpoint" -}}
port: admin
path: /metrics
interval: {{ .Values.monitoring.interval }}
scrapeTimeout: {{ .Values.monitoring.scrapeTimeout }}
relabelings:
  - sourceLabels: [__meta_kubernetes_pod_label_app_kubernetes_io_component]
    targetLabel: role
  - targetLabel: job
    replacement: deltastream
{{- end -}}

{{/* What selects the series of the pods whose names begin with NAME.
     Takes (dict "root" $ "name" NAME). */}}
{{- define "deltastream.series" -}}
{{- printf "namespace=%q,pod=~%q" .root.Release.Namespace (printf "%s-.+" .name) -}}
{{- end -}}

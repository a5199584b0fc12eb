{{/* The release's own prefix: "deltastream" for a release of that name. */}}
{{- define "deltastream.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What selects the pods of one service. Takes (dict "root" $ "name" NAME). */}}
{{- define "deltastream.selector" -}}
{{ include "deltastream.meshSelector" .root }}
app.kubernetes.io/component: {{ .name }}
{{- end -}}

{{/* What selects the pods of the whole mesh. Takes the root. */}}
{{- define "deltastream.meshSelector" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{/* The labels of everything that belongs to one service. Takes (dict "root" $ "name" NAME). */}}
{{- define "deltastream.labels" -}}
{{ include "deltastream.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/part-of: deltastream
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Name and labels, as they stand under metadata. Takes (dict "root" $ "name" NAME). */}}
{{- define "deltastream.metadata" -}}
name: {{ include "deltastream.fullname" .root }}-{{ .name }}
labels:
  {{- include "deltastream.labels" . | nindent 2 }}
{{- end -}}

{{- define "deltastream.image" -}}
{{- $repository := required "image.repository: say where your build of the image is" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" $repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end -}}

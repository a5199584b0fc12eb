{{/* What the containers of the test have in common. Takes the root. */}}
{{- define "deltastream.testContainer" -}}
image: {{ include "deltastream.image" . | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
resources:
  requests: {cpu: 50m, memory: 64Mi}
  limits: {memory: 128Mi}
securityContext:
  {{- toYaml .Values.securityContext | nindent 2 }}
{{- end -}}

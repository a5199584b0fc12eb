{{/* The service called NAME, or a failure that says who asked for it.
     Takes (dict "root" $ "name" NAME "caller" CALLER). Returns YAML. */}}
{{- define "deltastream.callee" -}}
{{- $known := keys .root.Values.services | sortAlpha | join ", " -}}
{{- if not (hasKey .root.Values.services .name) -}}
{{- fail (printf "services.%s.calls: there is no service %s; there are: %s" .caller .name $known) -}}
{{- end -}}
{{- $callee := get .root.Values.services .name -}}
{{- if not (hasKey $callee.ports "grpc") -}}
{{- fail (printf "services.%s.calls: %s serves no gRPC" .caller .name) -}}
{{- end -}}
{{- toYaml $callee -}}
{{- end -}}

{{/* The names of the services that call NAME, as a JSON list. Takes (dict "root" $ "name" NAME). */}}
{{- define "deltastream.callers" -}}
{{- $callers := list -}}
{{- range $caller, $service := .root.Values.services -}}
{{- if has $.name $service.calls -}}
{{- $callers = append $callers $caller -}}
{{- end -}}
{{- end -}}
{{- toJson $callers -}}
{{- end -}}

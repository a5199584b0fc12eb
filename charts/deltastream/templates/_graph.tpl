{{/* The services that are installed, as what the rest of the chart goes through: each as its block
     in the values, its calls without those to services that are left out, and with what follows
     from the values:

       files      it keeps something in files, so it has a volume
       singleton  what it keeps there has one writer, so no two may run at once
       scaled     "hpa" or "keda" where one of them says how many run

     Takes the root. Returns YAML. */}}
{{- define "deltastream.services" -}}
{{- $services := dict -}}
{{- range $name, $values := .Values.services -}}
{{- if dig "enabled" true $values -}}
{{- $service := deepCopy $values -}}
{{- $one := dict "root" $ "name" $name "service" $service -}}
{{- $_ := set $service "calls" (include "deltastream.calls" $one | fromJsonArray) -}}
{{- $_ := set $service "singleton" (eq "true" (include "deltastream.hasFileOpen" $one)) -}}
{{- $_ := set $service "files" (eq "true" (include "deltastream.keepsFiles" $one)) -}}
{{- $_ := set $service "scaled" (include "deltastream.scaled" $one) -}}
{{- include "deltastream.checkReplicas" $one -}}
{{- $_ := set $services $name $service -}}
{{- end -}}
{{- end -}}
{{- toYaml $services -}}
{{- end -}}

{{/* The names of the services that one calls, as a JSON list: those of its values, without the
     optional ones that are left out. Takes (dict "root" $ "name" NAME "service" SERVICE). */}}
{{- define "deltastream.calls" -}}
{{- $all := .root.Values.services -}}
{{- $calls := list -}}
{{- range $name := .service.calls -}}
{{- if not (hasKey $all $name) -}}
{{- fail (printf "services.%s.calls: there is no service %s; there are: %s" $.name $name (keys $all | sortAlpha | join ", ")) -}}
{{- end -}}
{{- $callee := get $all $name -}}
{{- if not (hasKey $callee.ports "grpc") -}}
{{- fail (printf "services.%s.calls: %s serves no gRPC" $.name $name) -}}
{{- end -}}
{{- if dig "enabled" true $callee -}}
{{- $calls = append $calls $name -}}
{{- else if not (dig "optional" false $callee) -}}
{{- fail (printf "services.%s.enabled: %s cannot do without it" $name $.name) -}}
{{- end -}}
{{- end -}}
{{- toJson $calls -}}
{{- end -}}

{{/* "true" if something that a service opens is a file. Takes the same. */}}
{{- define "deltastream.hasFileOpen" -}}
{{- $found := false -}}
{{- range .service.opens -}}
{{- if hasPrefix "sqlite:" (get $.root.Values .).url -}}
{{- $found = true -}}
{{- end -}}
{{- end -}}
{{- $found -}}
{{- end -}}

{{/* "true" if a service keeps files: a database, or what it makes for lack of a Secret.
     Takes the same. */}}
{{- define "deltastream.keepsFiles" -}}
{{- $found := eq "true" (include "deltastream.hasFileOpen" .) -}}
{{- range .service.secretFiles -}}
{{- if not .name -}}
{{- $found = true -}}
{{- end -}}
{{- end -}}
{{- if and $found (not .service.persistence) -}}
{{- fail (printf "services.%s.persistence: it keeps files, so it needs a volume" .name) -}}
{{- end -}}
{{- $found -}}
{{- end -}}

{{/* "hpa", "keda" or nothing: who says how many of a service run. Takes the same. */}}
{{- define "deltastream.scaled" -}}
{{- if dig "autoscaling" "hpa" "enabled" false .service -}}
hpa
{{- else if dig "autoscaling" "keda" "enabled" false .service -}}
keda
{{- end -}}
{{- end -}}

{{/* Fails where a service that keeps files would have several replicas: its volume, and what it
     makes there by itself, are one pod's. Takes the same, with what has been derived. */}}
{{- define "deltastream.checkReplicas" -}}
{{- $service := .service -}}
{{- $many := or (gt (int $service.replicas) 1) (ne "" $service.scaled) -}}
{{- if and $many $service.singleton -}}
{{- fail (printf "services.%s.replicas: its database is a file, which has one writer; MongoDB serves several" .name) -}}
{{- else if and $many $service.files -}}
{{- fail (printf "services.%s.secretFiles: several replicas need the same files, so name Secrets" .name) -}}
{{- end -}}
{{- if $service.scaled -}}
{{- if gt (int $service.autoscaling.minReplicas) (int $service.autoscaling.maxReplicas) -}}
{{- fail (printf "services.%s.autoscaling: minReplicas is more than maxReplicas" .name) -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The names of the services that call NAME, as a JSON list.
     Takes (dict "services" SERVICES "name" NAME). */}}
{{- define "deltastream.callers" -}}
{{- $callers := list -}}
{{- range $caller, $service := .services -}}
{{- if has $.name $service.calls -}}
{{- $callers = append $callers $caller -}}
{{- end -}}
{{- end -}}
{{- toJson $callers -}}
{{- end -}}

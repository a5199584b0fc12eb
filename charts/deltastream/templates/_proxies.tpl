{{/* Fails where something stands before the public service and it is not told: it would take all
     clients for one, and limit them together.
     Takes (dict "root" $ "name" NAME "service" SERVICE "before" WHAT). */}}
{{- define "deltastream.checkHops" -}}
{{- if not (int (get .service.settings "DELTASTREAM_TRUSTED_HOPS")) -}}
{{- fail (printf "services.%s.settings.DELTASTREAM_TRUSTED_HOPS: it is 0, but %s stands before it" .name .before) -}}
{{- end -}}
{{- end -}}

#!/bin/sh
# Starts Alertmanager with what the environment says; the image's busybox runs this.
#
#   ALERT_EMAIL_TO, ALERT_SMTP    who gets mail, and HOST:PORT of the server that sends it; both or none
#   ALERT_EMAIL_FROM              whom it is from; by default ALERT_EMAIL_TO
#   ALERT_SMTP_USERNAME           signs in there, with the password in $ALERT_SECRETS/smtp_password
#   ALERT_SLACK_CHANNEL           where to, if not where the webhook says; the webhook's URL is in
#                                 $ALERT_SECRETS/slack_url, and without that file nothing is sent
#   ALERT_SECRETS                 by default /run/secrets
#
# With neither mail nor Slack, alerts are shown and sent to nobody.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${ALERT_SECRETS:=/run/secrets}" "${ALERT_CONFIGURATION:=/tmp/alertmanager.yml}"
: "${ALERT_EMAIL_TO=}" "${ALERT_SMTP=}" "${ALERT_SMTP_USERNAME=}" "${ALERT_SLACK_CHANNEL=}"
: "${ALERT_EMAIL_FROM:=$ALERT_EMAIL_TO}"

for value in "$ALERT_EMAIL_TO" "$ALERT_EMAIL_FROM" "$ALERT_SMTP" "$ALERT_SMTP_USERNAME" "$ALERT_SLACK_CHANNEL"; do
  case $value in
    *[!A-Za-z0-9@.:_+#-]*) echo "start.sh: this cannot be an address, a name or a channel: $value" >&2; exit 2 ;;
  esac
done

# without WHAT: leaves out what stands between "# begin WHAT" and "# end WHAT".
without() { sed "/# begin $1\$/,/# end $1\$/d"; }

email() {
  if [ -z "$ALERT_EMAIL_TO" ] || [ -z "$ALERT_SMTP" ]; then
    without email
  elif [ -z "$ALERT_SMTP_USERNAME" ]; then
    without "smtp sign-in"
  else
    cat
  fi
}

slack() {
  if [ ! -s "$ALERT_SECRETS/slack_url" ]; then
    without slack
  elif [ -z "$ALERT_SLACK_CHANNEL" ]; then
    sed "/^ *channel: /d"
  else
    cat
  fi
}

values() {
  sed -e "s|operators@example.com|$ALERT_EMAIL_TO|" \
    -e "s|deltastream@example.com|$ALERT_EMAIL_FROM|" \
    -e "s|smtp.example.com:587|$ALERT_SMTP|" \
    -e "s|user@example.com|$ALERT_SMTP_USERNAME|" \
    -e "s|#deltastream-alerts|$ALERT_SLACK_CHANNEL|" \
    -e "s|/run/secrets|$ALERT_SECRETS|" \
    -e "s|/etc/alertmanager|$here|"
}

email <"$here/alertmanager.yml" | slack | values >"$ALERT_CONFIGURATION"
exec "${ALERTMANAGER:-/bin/alertmanager}" --config.file="$ALERT_CONFIGURATION" "$@"

#!/usr/bin/env bash
# Walks through DeltaStream's HTTP API with nothing but curl, then follows a product's chains.
#
#     ./deltastream.sh [PRODUCT]
#
# Stop it with Ctrl-C and start it again: the stream goes on after the last event that it printed,
# as it does by itself when the connection is lost. With jq it prints the stream in a few figures.
#
#     DELTASTREAM_URL        where the mesh is; http://localhost:8000
#     DELTASTREAM_EMAIL      who you are; needless where reading needs no token
#     DELTASTREAM_PASSWORD   asked for if absent
#     DELTASTREAM_BOOKMARK   the file that keeps where the stream was; deltastream.PRODUCT.bookmark
set -euo pipefail

product=${1:-NIFTY}
url=${DELTASTREAM_URL:-http://localhost:8000}
email=${DELTASTREAM_EMAIL:-}
bookmark=${DELTASTREAM_BOOKMARK:-deltastream.$product.bookmark}
figures='.batch.chains[] | {product, expiry, timestamp, spot_price, pcr_oi, atm_iv}'
token='' refresh_token=''

# Everybody on a machine can see the arguments of its commands: what is secret goes to curl by a
# pipe. The last argument is the path, those before it are curl's.
call() {
  curl --silent --show-error --globoff \
    --config <([[ -z $token ]] || printf 'header = "Authorization: Bearer %s"\n' "$token") \
    "${@:1:$#-1}" "$url${*: -1}"
}

ask() {
  printf '\nGET %s\n' "$1"
  call --fail-with-body "$1" | cut -c 1-300
}

sign_in() {
  local answer
  answer=$(call --fail-with-body --data @- "$1") || { echo "$answer" >&2 && return 1; }
  token=$(member token "$answer")
  refresh_token=$(member refresh_token "$answer")
}

# A member of a JSON object whose value is a text without escapes.
member() {
  [[ $2 =~ \"$1\":\"([^\"]*)\" ]] && printf '%s' "${BASH_REMATCH[1]}"
}

# A text as JSON has it.
quoted() {
  local text=${1//\\/\\\\}
  printf '"%s"' "${text//\"/\\\"}"
}

log_in_or_register() {
  local password=${DELTASTREAM_PASSWORD:-} account
  [[ -n $password ]] || read -rsp "Password of $email: " password
  account="{\"email\": $(quoted "$email"), \"password\": $(quoted "$password")}"
  sign_in /api/auth/login <<<"$account" 2>/dev/null || sign_in /api/auth/register <<<"$account"
}

# An access token lives for ten minutes. A refresh token gets the next pair, once.
renew() {
  token=''
  sign_in /api/auth/refresh <<<"{\"refresh_token\": \"$refresh_token\"}"
}

# Goes on where the bookmark is, and says at last what the HTTP status was.
listen() {
  local last=''
  [[ ! -s $bookmark ]] || last=$(<"$bookmark")
  call --no-buffer --header 'Accept: text/event-stream' \
    ${last:+--header "Last-Event-ID: $last"} --write-out '\nstatus: %{http_code}\n' "$1" || true
}

# A server-sent event is some lines of `name: value`, and an empty one. Its `id` is where the
# stream is after it.
follow() {
  local line event='' data='' id='' pause=1 status stopping=''
  # Not between printing an event and keeping its id.
  trap 'stopping=yes' INT
  while true; do
    status=''
    while IFS= read -r line; do
      case $line in
        'event: '*) event=${line#*: } ;;
        'data: '*) data=${line#*: } ;;
        'id: '*) id=${line#*: } ;;
        'retry: '*) pause=$((${line#*: } / 1000)) ;;
        'status: '*) status=${line#*: } ;;
        '{'*) echo "$line" >&2 ;;
        '')
          if [[ -n $data ]]; then
            handle "$event" "$data"
            [[ -z $id ]] || printf '%s' "$id" >"$bookmark"
          fi
          event='' data='' id=''
          [[ -z $stopping ]] || return 0
          ;;
      esac
    done < <(listen "$1")
    [[ -z $stopping ]] || return 0
    event='' data='' id=''
    case $status in
      401) renew ;;
      4*) return 1 ;;
    esac
    echo "the connection has ended; going on from where it was" >&2
    sleep "$pause"
  done
}

handle() {
  case $1 in
    batch) print "$2" ;;
    reset) echo "what was missed is too old to be had: everything anew" >&2 ;;
    error) echo "$2" >&2 ;;
  esac
}

# Whole, even if Ctrl-C is pressed meanwhile.
print() {
  if command -v jq >/dev/null; then
    (trap '' INT && exec jq --compact-output "$figures" <<<"$1")
  else
    printf '%s\n' "$1"
  fi
}

[[ -z $email ]] || log_in_or_register
ask /api/data/products
ask "/api/data/expiries/$product"
ask "/api/data/chain/$product?limit=1"
ask "/api/analytics/pcr/$product"
ask "/api/analytics/max-pain/$product"
ask "/api/analytics/volatility-surface/$product"
printf '\nThe chains of %s as they come; Ctrl-C ends\n' "$product"
follow "/api/stream/chains?products=$product&delivery=DELIVERY_POLICY_LOSSLESS"

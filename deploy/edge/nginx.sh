#!/bin/sh
# Writes nginx.conf from nginx.conf.template and the environment into EDGE_FILES, then runs nginx on it. With
# --test it only has nginx check the file. docs/edge.md has the table of variables.
set -eu
here=$(cd "$(dirname "$0")" && pwd)

: "${EDGE_FILES:=/tmp}" "${EDGE_THREADS:=2}" "${EDGE_OPEN_FILES:=16384}" "${EDGE_MAX_CONNECTIONS:=4000}"
: "${EDGE_CONNECTIONS_PER_ADDRESS:=1000}" "${EDGE_API_REQUESTS_PER_ADDRESS:=300}"
: "${EDGE_ACCESS_LOG:=/dev/stdout}" "${EDGE_STOP_AFTER:=560s}" "${EDGE_LONGEST_CALL:=5h}"
: "${RELAY_PATTERN:=}" "${RELAY_SUFFIX:=}" "${RELAY_PORT:=8081}"
[ -n "$RELAY_PATTERN" ] || RELAY_PATTERN='^/media/relay-[0-9]{1,4}(/[a-z-]{1,24})?$'
: "${INGRESS_ADDRESS:=call-ingress:8080}" "${CONTROL_API_ADDRESS:=}" "${EDGE_PBX_NETWORKS:=}"
: "${VOICE_HOST:=}" "${MEDIA_HOST:=}" "${API_HOST:=}"
: "${EDGE_CERTIFICATE:=}" "${EDGE_CLIENT_CA:=}" "${EDGE_CLIENT_CERTIFICATE:=all}"
: "${EDGE_CERTIFICATE_KEY:=$EDGE_CERTIFICATE}"
: "${EDGE_DNS:=$(awk '$1 == "nameserver" { print $2; exit }' /etc/resolv.conf)}"

# Only checked: nothing is left behind.
if [ "${1:-}" = --test ]; then
  EDGE_FILES=$(mktemp -d)
  trap 'rm -rf "$EDGE_FILES"' EXIT
fi

# Limits are for ten seconds, nginx counts by the minute.
CONNECTION_RATE=$((EDGE_CONNECTIONS_PER_ADDRESS * 6))
API_RATE=$((EDGE_API_REQUESTS_PER_ADDRESS * 6))

# Beginnings of lines that apply, and words that follow from what is set.
keep=
LISTEN_OPTIONS=
IS_ANY_VOICE_HOST=0 IS_ANY_MEDIA_HOST=0 IS_ANY_API_HOST=0
if [ -n "$EDGE_CERTIFICATE" ]; then
  keep="tls" LISTEN_OPTIONS=ssl
  : "${EDGE_LISTEN:=8443}"
  if [ -n "$EDGE_CLIENT_CA" ]; then
    case $EDGE_CLIENT_CERTIFICATE in
      all) keep="$keep client client-all" ;;
      api | carriers) keep="$keep client client-some client-$EDGE_CLIENT_CERTIFICATE" ;;
      *) echo "EDGE_CLIENT_CERTIFICATE must be all, api or carriers." >&2; exit 78 ;;
    esac
  fi
else
  : "${EDGE_LISTEN:=8080}"
fi
[ -z "$CONTROL_API_ADDRESS" ] || keep="$keep api"
PBX_ALLOWED=
[ -z "$EDGE_PBX_NETWORKS" ] || keep="$keep pbx"
for network in $EDGE_PBX_NETWORKS; do PBX_ALLOWED="${PBX_ALLOWED}allow $network; "; done
[ -n "$VOICE_HOST" ] || IS_ANY_VOICE_HOST=1
[ -n "$MEDIA_HOST" ] || IS_ANY_MEDIA_HOST=1
[ -n "$API_HOST" ] || IS_ANY_API_HOST=1
# An empty name in a map is the request without a host, which no host here is.
: "${VOICE_HOST:=.}" "${MEDIA_HOST:=.}" "${API_HOST:=.}"

script=
for name in $keep; do script="$script;s@#$name# @@"; done
script="$script;/^ *#[a-z-]*# /d"
for name in EDGE_FILES EDGE_THREADS EDGE_OPEN_FILES EDGE_MAX_CONNECTIONS EDGE_CONNECTIONS_PER_ADDRESS \
  EDGE_API_REQUESTS_PER_ADDRESS EDGE_ACCESS_LOG EDGE_STOP_AFTER EDGE_LONGEST_CALL RELAY_PATTERN \
  RELAY_SUFFIX RELAY_PORT INGRESS_ADDRESS CONTROL_API_ADDRESS VOICE_HOST MEDIA_HOST API_HOST \
  EDGE_CERTIFICATE EDGE_CERTIFICATE_KEY EDGE_CLIENT_CA EDGE_DNS EDGE_LISTEN CONNECTION_RATE API_RATE PBX_ALLOWED \
  LISTEN_OPTIONS IS_ANY_VOICE_HOST IS_ANY_MEDIA_HOST IS_ANY_API_HOST; do
  eval "value=\$$name"
  escaped=$(printf '%s' "$value" | sed 's/[\\|&]/\\&/g')
  script="$script
s|@$name@|$escaped|g"
done

mkdir -p "$EDGE_FILES"
sed "${script#;}" "$here/nginx.conf.template" > "$EDGE_FILES/nginx.conf"
nginx=${EDGE_NGINX:-nginx}
if [ "${1:-}" = --test ]; then
  "$nginx" -t -e stderr -p "$EDGE_FILES" -c "$EDGE_FILES/nginx.conf"
  exit
fi
exec "$nginx" -e stderr -p "$EDGE_FILES" -c "$EDGE_FILES/nginx.conf"

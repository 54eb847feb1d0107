#!/bin/sh
# Writes a list of targets from the environment, then becomes Prometheus: SCRAPE_CARD_PROCESSOR=host:port[,host:port …] is a job
# "card-processor". In its container it needs no more; as a program of the machine it is given PROMETHEUS_HOME, a folder of its own to
# write to, and its port.
set -eu
here=$(cd -- "$(dirname -- "$0")" && pwd)
if [ -n "${PROMETHEUS_HOME:-}" ]; then
  program=prometheus targets=$PROMETHEUS_HOME/targets data=$PROMETHEUS_HOME/data config=$PROMETHEUS_HOME
  mkdir -p "$config"
  sed "s|/tmp/targets|$targets|; s|localhost:9090|127.0.0.1:$PROMETHEUS_PORT|" "$here/prometheus.yml" >"$config/prometheus.yml"
  cp "$here/rules.yml" "$config/"
  set -- "--web.listen-address=127.0.0.1:$PROMETHEUS_PORT" "$@"
else
  program=/bin/prometheus targets=/tmp/targets data=/prometheus config=$here
fi

rm -rf "$targets"
mkdir -p "$targets"
for variable in $(env | sed -n 's/^\(SCRAPE_[A-Z_]*\)=.*/\1/p'); do
  job=$(printf '%s' "${variable#SCRAPE_}" | tr 'A-Z_' 'a-z-')
  hosts=$(eval "printf '%s' \"\$$variable\"" | sed 's|https\{0,1\}://||g; s/,/", "/g')
  printf '[{"targets": ["%s"], "labels": {"job": "%s"}}]\n' "$hosts" "$job" >"$targets/$job.json"
done
exec "$program" --config.file="$config/prometheus.yml" --storage.tsdb.path="$data" "$@"

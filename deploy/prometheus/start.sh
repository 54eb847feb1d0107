#!/bin/sh
# Writes a list of targets from the environment, then becomes Prometheus: SCRAPE_CARD_PROCESSOR=host:port[,host:port …] is a job
# "card-processor".
set -eu
mkdir -p /tmp/targets
for variable in $(env | sed -n 's/^\(SCRAPE_[A-Z_]*\)=.*/\1/p'); do
  job=$(printf '%s' "${variable#SCRAPE_}" | tr 'A-Z_' 'a-z-')
  hosts=$(eval "printf '%s' \"\$$variable\"" | sed 's|https\{0,1\}://||g; s/,/", "/g')
  printf '[{"targets": ["%s"], "labels": {"job": "%s"}}]\n' "$hosts" "$job" >"/tmp/targets/$job.json"
done
exec /bin/prometheus --config.file=/etc/prometheus/prometheus.yml --storage.tsdb.path=/prometheus "$@"

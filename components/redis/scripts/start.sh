#!/bin/sh
# Starts one node. What differs from pod to pod is not in redis.conf: its name and its address.
set -eu

# Without an announced host name, redirects would name `?` (cluster-preferred-endpoint-type).
# The address changes with every pod; announcing it corrects the stale one in nodes.conf at once.
exec redis-server "$CONF_FILE" \
  --cluster-announce-hostname "$NODE_NAME.$NODE_DOMAIN" \
  --cluster-announce-ip "$NODE_ADDRESS" \
  "$@"

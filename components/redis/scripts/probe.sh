#!/bin/sh
# probe.sh ready: the node answers commands. probe.sh alive: it answers at all; while it loads its
# data set it is alive but not ready, and a restart would only make it start over.
#
# The state of the cluster is no part of it: before the cluster is formed no node would become ready.
set -u
. "${0%/*}/lib.sh"

CLI_USER=probe
export REDISCLI_AUTH="$PROBE_PASSWORD"

answer=$(cli "${SELF:-127.0.0.1}" PING)
case $1:$answer in
  *:PONG | alive:LOADING* | alive:MASTERDOWN*) exit 0 ;;
esac
say "$answer"
exit 1

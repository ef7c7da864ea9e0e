#!/bin/sh
# Before a primary stops, its replica takes over: writes pause for milliseconds instead of for the
# seconds that failure detection needs. It never fails and gives up after 5 s: a stop has to go on
# without it, for instance when all nodes stop at once.
set -u
. "${0%/*}/lib.sh"

CLI_USER=keeper
export REDISCLI_AUTH="$KEEPER_PASSWORD"
SELF=${SELF:-127.0.0.1}

nodes=$(cli "$SELF" CLUSTER NODES) || exit 0
# shellcheck disable=SC2046 # split into fields
set -- $(my_line "$nodes")
my_id=$1
# Eight fields and no slots: an empty node. A replica has nothing to hand over either.
if ! has_word "$3" master || [ "$#" -le 8 ]; then exit 0; fi

while read -r _ address flags of _ _ _ link _; do
  [ "$of" = "$my_id" ] && [ "$link" = connected ] || continue
  if has_word "$flags" fail || has_word "$flags" 'fail?'; then continue; fi
  # `address:port@bus,name`
  cli "${address%:*@*}" CLUSTER FAILOVER >/dev/null || continue
  deadline=$(($(date +%s) + 5))
  while [ "$(date +%s)" -lt "$deadline" ]; do
    case $(my_line "$(cli "$SELF" CLUSTER NODES)") in *myself,slave*) exit 0 ;; esac
    sleep 0.2
  done
  exit 0
done <<EOF
$nodes
EOF

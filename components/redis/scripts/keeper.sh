#!/bin/sh
# Runs beside every node and keeps it in touch with the others.
#
# Nodes know each other by address, and an address changes with every pod. One peer that stayed is
# enough to find the rest again; when all pods restart at once, every address in every nodes.conf
# is stale and Redis alone never recovers (redis/redis#15136). So: look every peer's name up again
# and introduce the node (CLUSTER MEET) until it holds a live link to each of them.
set -u
. "${0%/*}/lib.sh"

CLI_USER=keeper
export REDISCLI_AUTH="$KEEPER_PASSWORD"
SELF=${SELF:-127.0.0.1}
MY_NAME=$NODE_NAME.$NODE_DOMAIN

# Whether the node already knows this peer under its present address.
knows() { # name address text
  printf '%s\n' "$3" | grep -q " $2:$PORT@[0-9]*,$1[ ,]"
}

introduce() { # text
  ordinal=0
  while [ "$ordinal" -lt "$NODES" ]; do
    name=$(node_name "$ordinal")
    ordinal=$((ordinal + 1))
    [ "$name" = "$MY_NAME" ] && continue
    address=$(resolve "$name")
    # A pod that is not there yet, or a DNS answer from before the restart: the next round tries again.
    [ -n "$address" ] || continue
    knows "$name" "$address" "$1" && continue
    say "meet $name at $address"
    cli "$SELF" CLUSTER MEET "$address" "$PORT" >/dev/null
  done
}

# CLUSTER NODES of the first other node that answers.
view_of_a_peer() {
  ordinal=0
  while [ "$ordinal" -lt "$NODES" ]; do
    name=$(node_name "$ordinal")
    ordinal=$((ordinal + 1))
    [ "$name" != "$MY_NAME" ] || continue
    address=$(resolve "$name")
    [ -n "$address" ] && cli "$address" CLUSTER NODES && return 0
  done
  return 1
}

# A node that lost its volume comes back under a new id, as an empty primary, while the others still
# list the old id as failed. Take the place of a replica and let all nodes forget the old id.
replace_lost_self() { # text
  # shellcheck disable=SC2046 # split into fields
  set -- "$1" $(my_line "$1")
  # Nine: the text and the eight fields of a node without slots. Any other node is in its place.
  if [ "$#" -ne 9 ] || ! has_word "$4" master; then return 0; fi
  # The old id was never met under this volume, so only peers know which name it had.
  peers_view=$(view_of_a_peer) || return 0
  old_ids=
  while read -r id address flags _ _ _ _ _ slots; do
    case $id:$address, in
      "$2":*) continue ;;
      *",$MY_NAME,"*) has_word "$flags" fail || continue ;;
      *) continue ;;
    esac
    if [ -n "$slots" ]; then
      say "the lost node $id still owns slots and no replica took over: see the runbook"
      return 0
    fi
    old_ids="$old_ids $id"
  done <<EOF
$peers_view
EOF
  [ -n "$old_ids" ] || return 0
  primary=$(orphan_primary "$1") || return 0
  say "replaces the lost node$old_ids as a replica of $primary"
  cli "$SELF" CLUSTER REPLICATE "$primary" >/dev/null || return 0
  # Within 60 s on every node, or gossip would bring the old id back.
  ordinal=0
  while [ "$ordinal" -lt "$NODES" ]; do
    address=$(resolve "$(node_name "$ordinal")")
    ordinal=$((ordinal + 1))
    [ -n "$address" ] || continue
    for id in $old_ids; do cli "$address" CLUSTER FORGET "$id" >/dev/null; done
  done
}

# A replica that learns its primary's new address by gossip, not from the primary itself, goes on
# dialling the old one for good: it stays without data and can never be promoted.
follow_moved_primary() { # text
  # shellcheck disable=SC2046 # split into fields
  set -- "$1" $(my_line "$1")
  has_word "$4" slave || return 0
  replication=$(cli "$SELF" INFO replication) || return 0
  [ "$(printf '%s\n' "$replication" | field master_link_status)" = down ] || return 0
  dialled=$(printf '%s\n' "$replication" | field master_host)
  # $5 is the id of its primary.
  printf '%s\n' "$1" | grep "^$5 " | grep -q " $dialled:$PORT@" && return 0
  say "follows its primary $5 from $dialled to its new address"
  cli "$SELF" CLUSTER REPLICATE "$5" >/dev/null
}

# The first process of a container ignores signals that it has no handler for.
trap 'exit 0' TERM INT
state=
while :; do
  if ! nodes=$(cli "$SELF" CLUSTER NODES); then
    now='waits for redis-server'
    pause=1
  elif settled "$nodes"; then
    now="linked to all $NODES nodes"
    pause=5
    # A link counts as connected while it still dials an address that nobody has any more, so the
    # addresses are compared with the names even when all looks well.
    introduce "$nodes"
    follow_moved_primary "$nodes"
  else
    now='looks for peers'
    pause=1
    introduce "$nodes"
    replace_lost_self "$nodes"
  fi
  # Only changes are worth a line in the log.
  [ "$now" = "$state" ] || say "$now"
  state=$now
  # In the background, so that a stop signal is not held up until the pause is over.
  sleep "$pause" &
  wait $!
done

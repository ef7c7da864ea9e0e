#!/bin/sh
# Makes six empty nodes one cluster: three primaries share the slots, each gets a replica.
#
# Safe to run again at any time: it gives slots away only as long as no complete set exists, and
# only slots that nobody owns (Redis itself refuses the others). The keepers introduce the nodes.
set -u
. "${0%/*}/lib.sh"

CLI_USER=admin
export REDISCLI_AUTH="$ADMIN_PASSWORD"

# `date` and not $SECONDS, which POSIX sh does not have.
DEADLINE=$(($(date +%s) + ${FORM_TIMEOUT:-180}))
PRIMARIES=$((NODES / 2))
SLOTS=16384

# each <function>: calls it with the ordinal and address of every node; fails at the first failure.
each() {
  each_ordinal=0
  while [ "$each_ordinal" -lt "$NODES" ]; do
    each_address=$(resolve "$(node_name "$each_ordinal")")
    if [ -z "$each_address" ]; then
      problem="$(node_name "$each_ordinal") has no address"
      return 1
    fi
    "$1" "$each_ordinal" "$each_address" || return 1
    each_ordinal=$((each_ordinal + 1))
  done
}

# until_each <function>: repeats `each` until it holds, and ends the program when it does not in time.
until_each() {
  until each "$1"; do
    if [ "$(date +%s)" -ge "$DEADLINE" ]; then
      say "gave up: $problem"
      exit 1
    fi
    sleep 1
  done
}

knows_all() { # ordinal address
  problem="node $1 is not linked to all $NODES nodes"
  text=$(cli "$2" CLUSTER NODES) || problem="node $1: $text"
  settled "$text"
}

count_slots() { # ordinal address
  problem="node $1 gives no CLUSTER INFO"
  seen=$(cli "$2" CLUSTER INFO | field cluster_slots_assigned)
  [ -n "$seen" ] || return 1
  [ "$seen" -le "$assigned" ] || assigned=$seen
}

give_slots() { # ordinal address
  [ "$1" -lt "$PRIMARIES" ] || return 0
  first=$(($1 * SLOTS / PRIMARIES))
  last=$((($1 + 1) * SLOTS / PRIMARIES - 1))
  # shellcheck disable=SC2046 # split into fields
  set -- "$1" "$2" $(my_line "$(cli "$2" CLUSTER NODES)")
  problem="node $1 gives no CLUSTER NODES"
  # Ten: ordinal, address and the eight fields of a node without slots.
  [ "$#" -ge 10 ] || return 1
  # An interrupted run has given it its slots.
  [ "$#" -eq 10 ] || return 0
  say "node $1 becomes the primary of slots $first to $last"
  problem=$(cli "$2" CLUSTER ADDSLOTSRANGE "$first" "$last") && return 0
  case $problem in
    # Two owners of a slot are a question for people: an automatic choice could drop data.
    *busy*)
      say "gave up: node $1: $problem"
      exit 1
      ;;
  esac
  return 1
}

give_replica() { # ordinal address
  problem="node $1 has not found a primary to follow"
  text=$(cli "$2" CLUSTER NODES) || return 1
  # shellcheck disable=SC2046
  set -- "$1" "$2" $(my_line "$text")
  # A replica already, or a primary with slots.
  if has_word "$5" slave || [ "$#" -gt 10 ]; then return 0; fi
  # The choices of this run are left out by name: gossip may not have told this node about them yet.
  primary=$(orphan_primary "$text" "$taken") || return 1
  cli "$2" CLUSTER REPLICATE "$primary" >/dev/null || return 1
  say "node $1 becomes the replica of $primary"
  taken="$taken $primary"
}

serves() { # ordinal address
  problem="node $1 does not serve all slots"
  info=$(cli "$2" CLUSTER INFO) || return 1
  [ "$(printf '%s\n' "$info" | field cluster_state)" = ok ] || return 1
  [ "$(printf '%s\n' "$info" | field cluster_slots_ok)" = "$SLOTS" ] || return 1
  replication=$(cli "$2" INFO replication) || return 1
  problem="node $1 has no link with its primary or replica"
  case $(printf '%s\n' "$replication" | field role) in
    slave) [ "$(printf '%s\n' "$replication" | field master_link_status)" = up ] ;;
    *) [ "$(printf '%s\n' "$replication" | field connected_slaves)" -ge 1 ] ;;
  esac
}

problem=
taken=
until_each knows_all
assigned=0
until_each count_slots
if [ "$assigned" -eq "$SLOTS" ]; then
  say "all $SLOTS slots have an owner: nothing to give away"
else
  until_each give_slots
fi
until_each give_replica
until_each serves
say "the cluster serves all $SLOTS slots"

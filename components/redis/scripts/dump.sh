#!/bin/sh
# Writes a snapshot of every shard into $DUMP_DIR, named after its slots, and the slot map as
# nodes.txt. It fails unless the snapshots hold all slots: half a backup must not pass for one.
set -u
. "${0%/*}/lib.sh"

CLI_USER=backup
export REDISCLI_AUTH="$BACKUP_PASSWORD"
SLOTS=16384

# CLUSTER NODES of the first node that answers.
slot_map() {
  ordinal=0
  while [ "$ordinal" -lt "$NODES" ]; do
    address=$(resolve "$(node_name "$ordinal")")
    ordinal=$((ordinal + 1))
    [ -n "$address" ] && cli "$address" CLUSTER NODES && return 0
  done
  return 1
}

# source_of <id of a primary>: address of a live replica of it, or its own. A snapshot is a fork and
# a full transfer, which a replica can bear better.
source_of() {
  own=
  while read -r id endpoint flags of _ _ _ link _; do
    has_word "$flags" fail || [ "$link" != connected ] && continue
    endpoint=${endpoint%%@*}
    if [ "$id" = "$1" ]; then own=${endpoint%:*}; fi
    if [ "$of" = "$1" ]; then
      printf '%s' "${endpoint%:*}"
      return 0
    fi
  done <"$DUMP_DIR/nodes.txt"
  printf '%s' "$own"
}

# count <ranges>: number of slots in ranges such as `0-5460 5462`.
count() {
  total=0
  for range in $1; do
    total=$((total + ${range#*-} - ${range%-*} + 1))
  done
  printf '%s' "$total"
}

if ! slot_map >"$DUMP_DIR/nodes.txt"; then
  say 'no node answers'
  exit 1
fi

saved=0
while read -r id _ flags _ _ _ _ _ slots; do
  has_word "$flags" master || continue
  # A slot on the move is still its owner's; the marker in brackets only says where it goes.
  ranges=$(printf '%s\n' "$slots" | sed 's/ *\[.*//')
  [ -n "$ranges" ] || continue
  file=$DUMP_DIR/$(printf '%s' "$ranges" | tr ' ' '_').rdb
  from=$(source_of "$id")
  redis-cli --tls --cacert "$CA_FILE" --user "$CLI_USER" --no-auth-warning \
    -h "$from" -p "$PORT" --rdb "$file" </dev/null >/dev/null 2>"$DUMP_DIR/.log" &&
    redis-check-rdb "$file" >"$DUMP_DIR/.log" 2>&1 || {
    say "slots $ranges: no good snapshot from $from:"
    tail -n 5 "$DUMP_DIR/.log"
    exit 1
  }
  say "slots $ranges: $(wc -c <"$file") bytes from $from"
  saved=$((saved + $(count "$ranges")))
done <"$DUMP_DIR/nodes.txt"
rm -f "$DUMP_DIR/.log"

if [ "$saved" -ne "$SLOTS" ]; then
  say "$saved of $SLOTS slots have an owner"
  exit 1
fi

# Shared by the scripts beside it. POSIX sh; needs redis-cli, getent and timeout, no Kubernetes API.
#
# Environment: NODES (number of nodes), NODE_PREFIX (`redis` for redis-0, redis-1, …), NODE_DOMAIN
# (DNS name behind it), PORT, CA_FILE. Tests set RESOLVE to look names up elsewhere than in DNS, and
# SELF, the address of the own node, which in a pod is loopback.

say() { printf '%s\n' "$*"; }

# Full name of the node with this ordinal.
node_name() { printf '%s-%s.%s' "$NODE_PREFIX" "$1" "$NODE_DOMAIN"; }

# First address of a name; prints nothing when there is none (yet).
resolve() {
  # Unquoted on purpose: RESOLVE is a command with arguments.
  ${RESOLVE:-getent hosts} "$1" 2>/dev/null | {
    read -r address _ || return 0
    printf '%s' "$address"
  }
}

# cli <address> <command…> as $CLI_USER with $REDISCLI_AUTH. Fails on an error reply (-e) and when
# there is no answer in 3 s, so that a node that hangs cannot hold up a loop over all nodes.
cli() {
  cli_host=$1
  shift
  timeout 3 redis-cli -e --tls --cacert "$CA_FILE" --user "$CLI_USER" --no-auth-warning \
    -h "$cli_host" -p "$PORT" "$@" 2>&1 </dev/null
}

# field <name>: value of a `name:value` line of INFO or CLUSTER INFO on standard input.
field() { tr -d '\r' | sed -n "s/^$1://p"; }

# Lines of CLUSTER NODES: id address flags primary ping pong epoch link slot…
# my_line <text>: the line of the node that was asked.
my_line() { printf '%s\n' "$1" | grep myself; }

# has_word <comma list> <word>: `fail` is not `fail?`, `noaddr` is not `nofailover`.
has_word() {
  case ,$1, in
    *,"$2",*) return 0 ;;
    *) return 1 ;;
  esac
}

# settled <text of CLUSTER NODES>: all nodes are known, each by a live link, and none has failed.
settled() {
  settled_count=0
  while read -r _ _ flags _ _ _ _ link _; do
    [ -n "$flags" ] || continue
    [ "$link" = connected ] || return 1
    for bad in handshake noaddr fail 'fail?'; do
      if has_word "$flags" "$bad"; then return 1; fi
    done
    settled_count=$((settled_count + 1))
  done <<EOF
$1
EOF
  [ "$settled_count" -eq "$NODES" ]
}

# orphan_primary <text> [<ids>]: id of the first primary with slots that no live replica follows,
# leaving out the given ones.
orphan_primary() {
  while read -r id _ flags _ _ _ _ _ slots; do
    has_word "$flags" master && ! has_word "$flags" fail && [ -n "$slots" ] || continue
    case " ${2:-} " in *" $id "*) continue ;; esac
    followed=no
    while read -r _ _ other of _; do
      if [ "$of" = "$id" ] && ! has_word "$other" fail; then followed=yes; fi
    done <<EOF
$1
EOF
    if [ "$followed" = no ]; then
      printf '%s' "$id"
      return 0
    fi
  done <<EOF
$1
EOF
  return 1
}

#!/bin/sh
# Copies the snapshots in $DUMP_DIR to $TARGET/<time>/. The slot map goes last: a folder without
# nodes.txt is not complete. Needs the AWS command line and its usual environment.
set -eu

folder=$TARGET/$(date -u +%Y-%m-%dT%H-%M-%SZ)
# "aws:kms" alone would mean the account's key.
[ -z "${KEY_ARN:-}" ] || set -- --sse aws:kms --sse-kms-key-id "$KEY_ARN"

aws s3 cp "$DUMP_DIR" "$folder/" --recursive --exclude nodes.txt --only-show-errors "$@"
aws s3 cp "$DUMP_DIR/nodes.txt" "$folder/nodes.txt" --only-show-errors "$@"
printf 'complete: %s\n' "$folder"

#!/bin/sh
# Prepares the database, once per revision and before anything serves it: in a Job in Kubernetes, before the server
# in compose.
set -eu

# As process 1 Python would ignore SIGTERM, so it runs as a child and the signal is handed on.
python manage.py migrate_and_seed &
child=$!
trap 'kill "$child" 2>/dev/null; wait "$child"; exit 143' TERM INT
wait "$child"

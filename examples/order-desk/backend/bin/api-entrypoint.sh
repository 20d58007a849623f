#!/bin/sh
# Serves, and nothing else: bin/migrate-and-seed.sh has prepared the database before this starts, and static
# files were collected when the image was built.
set -eu

# --preload: Django is loaded once, and its memory shared by the workers.
# --threads: an open event stream, a slow upload or a slow query holds one; so many viewers a preview can have, less
# one for everybody else. One worker, because two would not share: each takes connections while it has no thread free.
# A thread keeps its connection to Postgres, which allows 100.
# --keep-alive: longer than the web keeps an idle connection, so that it never writes to one just closed here.
# --worker-tmp-dir: heartbeats go to memory; the root file system is read-only and a disk could stall them.
exec gunicorn app.wsgi:application \
  --bind 0.0.0.0:8000 \
  --preload \
  --worker-class gthread --workers 1 --threads 48 \
  --keep-alive 75 \
  --graceful-timeout 3 \
  --no-control-socket \
  --worker-tmp-dir /dev/shm \
  --access-logfile -

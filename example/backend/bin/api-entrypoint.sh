#!/bin/sh
# Serves, and nothing else: bin/migrate-and-seed.sh has prepared the database before this starts, and static
# files were collected when the image was built.
set -eu

# --preload: Django is loaded once, and its memory shared by the workers.
# --keep-alive: longer than the web keeps an idle connection, so that it never writes to one just closed here.
# --worker-tmp-dir: heartbeats go to memory; the root file system is read-only and a disk could stall them.
exec gunicorn app.wsgi:application \
  --bind 0.0.0.0:8000 \
  --preload \
  --worker-class gthread --workers 2 --threads 8 \
  --keep-alive 75 \
  --graceful-timeout 3 \
  --no-control-socket \
  --worker-tmp-dir /dev/shm \
  --access-logfile -

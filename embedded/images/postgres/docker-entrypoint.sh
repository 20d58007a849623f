#!/bin/bash
# Prepares an empty data folder, then becomes Postgres: the contract of the official image.
#   POSTGRES_PASSWORD   needed, and used, only while the data folder is empty
#   POSTGRES_USER       superuser, `postgres` by default
#   POSTGRES_DB         database, named like the user by default
#   PGDATA              data folder
#   POSTGRES_INITDB_ARGS, /docker-entrypoint-initdb.d/*.{sh,sql,sql.gz}, and …_FILE variants of the first three
set -euo pipefail

# The value of a variable, or the content of the file that NAME_FILE names, or the default.
setting() {
  local file="${1}_FILE"
  if [ -n "${!file:-}" ]; then cat "${!file}"; else echo "${!1:-$2}"; fi
}

run_init_scripts() {
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    case "$script" in
      *.sh) if [ -x "$script" ]; then "$script"; else . "$script"; fi ;;
      *.sql) psql --file "$script" ;;
      *.sql.gz) gunzip --stdout "$script" | psql ;;
    esac
  done
}

# Everything happens in $1. The server of this time answers on a socket only, so a client that waits for a port doesn't
# take it for the real one.
initialize() {
  local data=$1 user password database durability=()
  user=$(setting POSTGRES_USER postgres)
  password=$(setting POSTGRES_PASSWORD '')
  database=$(setting POSTGRES_DB "$user")
  shift
  if [ -z "$password" ]; then
    echo 'POSTGRES_PASSWORD is not set, and the data folder is empty: a superuser without a password is not made' >&2
    exit 1
  fi
  # Anyone who runs the server without fsync doesn't want to wait for it here either.
  case " $* " in *' fsync=off '*) durability=(--no-sync) ;; esac

  # shellcheck disable=SC2086 -- several arguments in one variable, as in the official image
  initdb --pgdata="$data" --username="$user" --pwfile=<(printf '%s\n' "$password") "${durability[@]}" \
    --no-instructions --encoding=UTF8 --locale=C.UTF-8 --auth-local=trust --auth-host=scram-sha-256 ${POSTGRES_INITDB_ARGS:-}
  echo 'host all all all scram-sha-256' >> "$data/pg_hba.conf"

  pg_ctl --pgdata="$data" --wait --silent \
    --options="-c listen_addresses='' -c unix_socket_directories=/var/run/postgresql ${durability:+-c fsync=off}" start
  export PGHOST=/var/run/postgresql PGUSER=$user PGOPTIONS='-c client_min_messages=warning'
  if [ "$database" != postgres ]; then
    psql --dbname=postgres --no-psqlrc --quiet --set=ON_ERROR_STOP=1 --set=name="$database" <<< 'CREATE DATABASE :"name";'
  fi
  PGDATABASE=$database run_init_scripts
  pg_ctl --pgdata="$data" --wait --silent --mode=fast stop
}

# As process 1 it would ignore what ends others.
trap 'exit 130' INT TERM

if [ "${1:0:1}" = '-' ]; then set -- postgres "$@"; fi

if [ "$1" = postgres ]; then
  mkdir -p "$PGDATA"
  if [ "$(id -u)" = 0 ]; then
    mkdir -p /var/run/postgresql
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    exec setpriv --reuid=postgres --regid=postgres --clear-groups "$0" "$@"
  fi
  chmod 0700 "$PGDATA" 2> /dev/null || true
  if [ -z "$(ls -A "$PGDATA")" ]; then
    parent=$(dirname "$PGDATA")
    if [ -w "$parent" ] && rmdir "$PGDATA" 2> /dev/null; then
      # Prepared beside its place and put there when it is whole: a start that is interrupted is simply repeated.
      rm -rf "$PGDATA.partial"
      (initialize "$PGDATA.partial" "$@")
      mv "$PGDATA.partial" "$PGDATA"
    else
      (initialize "$PGDATA" "$@")
    fi
  fi
fi

exec "$@"

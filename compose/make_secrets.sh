#!/bin/sh
# Makes what the parts of the mesh know of one another by, each once: docker-compose.yml runs it
# before them. Usage: make_secrets.sh FOLDER. A folder below it is a volume, which only those mount
# who may read it; the names of files are those that their readers look for.
set -eu
cd "$1"

random() { head -c 32 /dev/urandom | base64 | tr -- '+/' '-_' | tr -d '=\n'; }

# Nobody ever sees half a file, and what is there stays.
keep() {
  [ -s "$1" ] && return
  printf %s "$2" >"$1.new"
  mv "$1.new" "$1"
}

keep roles/deltastream_service_secret "$(random)"
for user in root storage auth; do
  keep "mongo/$user" "$(random)"
done

# Of each the database is its own, where its user is known.
for role in storage auth; do
  keep "$role/deltastream_service_secret" "$(cat roles/deltastream_service_secret)"
done
keep storage/deltastream_store_url "mongodb://storage:$(cat mongo/storage)@mongo:27017/market"
keep auth/deltastream_users_url "mongodb://auth:$(cat mongo/auth)@mongo:27017/users"

#!/bin/sh
# Writes src/gen/: the wire's messages in TypeScript, from proto/. Not kept in the repository.
set -eu
cd "$(dirname "$0")"
rm -rf src/gen
mkdir -p src/gen
protoc -I ../../proto --plugin=node_modules/.bin/protoc-gen-es --es_out=src/gen --es_opt=target=ts,import_extension=js \
    ../../proto/tocsin/v1/*.proto

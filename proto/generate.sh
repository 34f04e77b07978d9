#!/bin/sh
# Generates the Go code and the OpenAPI page of proto/traillake/v1. Needs protoc
# and the well-known types' .proto files (Debian: protobuf-compiler,
# libprotobuf-dev); the plugins are tools of go.mod. What it makes is committed,
# so a build needs none of this.
set -eu
cd "$(dirname "$0")"

command -v protoc >/dev/null || { echo "generate.sh: protoc is not installed (Debian: protobuf-compiler libprotobuf-dev)" >&2; exit 1; }

plugin() { echo "--plugin=$1=$(go tool -n "$1")"; }

conf=traillake/v1
protoc -I . \
  "$(plugin protoc-gen-go)" --go_out=. --go_opt=paths=source_relative \
  "$(plugin protoc-gen-go-grpc)" --go-grpc_out=. --go-grpc_opt=paths=source_relative \
  "$(plugin protoc-gen-grpc-gateway)" --grpc-gateway_out=. \
  --grpc-gateway_opt=paths=source_relative,grpc_api_configuration=$conf/http.yaml \
  "$(plugin protoc-gen-openapiv2)" --openapiv2_out=$conf \
  --openapiv2_opt=allow_merge=true,merge_file_name=openapi,grpc_api_configuration=$conf/http.yaml,openapi_configuration=$conf/openapi.yaml,openapi_naming_strategy=simple,disable_default_errors=true,proto3_optional_nullable=true \
  $conf/*.proto
mv $conf/openapi.swagger.json $conf/openapi.json

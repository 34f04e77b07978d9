// Package traillakev1 is the generated Go code of the gRPC service
// traillake.v1.LakeService, its REST gateway, and the OpenAPI page that
// describes them.
package traillakev1

import _ "embed"

// Made by proto/generate.sh, which "make generate" calls.
//
//go:generate ../../generate.sh

// OpenAPI is the OpenAPI (Swagger 2.0) page of the REST paths.
//
//go:embed openapi.json
var OpenAPI []byte

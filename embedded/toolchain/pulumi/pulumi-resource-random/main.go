// pulumi-resource-random stands in for the official plugin of that name: see local/plugins/README.md.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"preview-stack/local/toolchain/pulumi/internal/standin"
)

// version is set by the build.
var version string

func main() {
	standin.Main("random", version, map[tokens.Type]standin.Type{
		"random:index/randomPassword:RandomPassword": passwordType,
		"random:index/randomBytes:RandomBytes":       bytesType,
	})
}

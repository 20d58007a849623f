// pulumi-resource-cloudflare stands in for the official plugin of that name: see local/plugins/README.md. It keeps DNS
// records in files; Cloudflare is never asked.
package main

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"preview-stack/local/toolchain/pulumi/internal/standin"
)

// version is set by the build.
var version string

func main() {
	standin.Main("cloudflare", version, map[tokens.Type]standin.Type{
		"cloudflare:index/dnsRecord:DnsRecord": recordType,
	})
}

// pulumi-resource-cloudflare stands in for the official plugin of that name: see local/plugins/README.md. It keeps DNS
// records in files; Cloudflare is never asked. `pulumi-resource-cloudflare serve-api 127.0.0.1:8453` serves the same files
// as Cloudflare's API, for those that look at the zone without Pulumi.
package main

import (
	"fmt"
	"os"

	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"

	"preview-stack/local/toolchain/pulumi/internal/standin"
)

// version is set by the build.
var version string

func main() {
	if len(os.Args) == 3 && os.Args[1] == "serve-api" {
		fmt.Fprintln(os.Stderr, serveAPI(os.Args[2]))
		os.Exit(1)
	}
	standin.Main("cloudflare", version, map[tokens.Type]standin.Type{
		"cloudflare:index/dnsRecord:DnsRecord": recordType,
	})
}

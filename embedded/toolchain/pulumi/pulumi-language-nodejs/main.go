// pulumi-language-nodejs runs Node.js programs for the Pulumi engine, as the official language host of that name does.
// The official one's source isn't in the Go registry; the protocol is (pulumirpc). Whoever installs the official CLI
// has the official host, and this one isn't used.
package main

import (
	"flag"
	"fmt"
	"os"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"preview-stack/local/toolchain/pulumi/internal/serve"
)

func main() {
	// The engine may pass this to every plugin; there is nothing to trace here.
	flag.String("tracing", "", "ignored")
	flag.Parse()

	host := newHost(flag.Arg(0))
	register := func(server grpc.ServiceRegistrar) { pulumirpc.RegisterLanguageRuntimeServer(server, host) }
	if err := serve.UntilDone(register, host.cancelPrograms); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-language-nodejs: %v\n", err)
		os.Exit(1)
	}
}

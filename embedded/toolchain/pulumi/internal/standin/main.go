package standin

import (
	"flag"
	"fmt"
	"os"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"

	"preview-stack/local/toolchain/pulumi/internal/serve"
)

// Main serves the types until the engine is done. The version is that of the npm package whose plugin this stands in
// for, given by the build.
func Main(name, version string, types map[tokens.Type]Type) {
	// The engine may pass this to every plugin; there is nothing to trace here.
	flag.String("tracing", "", "ignored")
	flag.Parse()

	if err := run(name, version, flag.Arg(0), types); err != nil {
		fmt.Fprintf(os.Stderr, "%s stand-in: %v\n", name, err)
		os.Exit(1)
	}
}

func run(name, version, engineAddress string, types map[tokens.Type]Type) error {
	parsed, err := semver.Parse(version)
	if err != nil {
		return fmt.Errorf("built without a version (-X main.version=…): %w", err)
	}
	provider := newProvider(name, parsed, types)
	provider.announce = announcer(engineAddress, "local stand-in for the official "+name+" plugin")
	register := func(server grpc.ServiceRegistrar) {
		pulumirpc.RegisterResourceProviderServer(server, plugin.NewProviderServer(provider))
	}
	return serve.UntilDone(register, provider.cancel)
}

// pulumi-language-nodejs runs Node.js programs for the Pulumi engine, as the official language host of that name does.
// The official one's source isn't in the Go registry; the protocol is (pulumirpc). Whoever installs the official CLI
// has the official host, and this one isn't used.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
)

func main() {
	// The engine may pass this to every plugin; there is nothing to trace here.
	flag.String("tracing", "", "ignored")
	flag.Parse()

	if err := serve(flag.Arg(0)); err != nil {
		fmt.Fprintf(os.Stderr, "pulumi-language-nodejs: %v\n", err)
		os.Exit(1)
	}
}

// serve answers the engine until it says SIGINT, or is gone.
func serve(engineAddress string) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go stopWithEngine(stop)

	host := newHost(engineAddress)
	stopServing := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stopServing,
		Init: func(server *grpc.Server) error {
			pulumirpc.RegisterLanguageRuntimeServer(server, host)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("cannot serve: %w", err)
	}
	go func() {
		<-ctx.Done()
		host.cancelPrograms()
		close(stopServing)
	}()

	// The engine reads the port from the first line.
	fmt.Println(handle.Port)
	return <-handle.Done
}

// stopWithEngine calls stop when the engine is gone, however it died: it holds the other end of our standard input and
// never writes to it. Started by hand, with a terminal or nothing there, the host just keeps serving.
func stopWithEngine(stop func()) {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
}

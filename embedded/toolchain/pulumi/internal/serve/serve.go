// Package serve is what every plugin of the engine does: listen, say where, stop with the engine.
package serve

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/pulumi/pulumi/sdk/v3/go/common/util/rpcutil"
	"google.golang.org/grpc"
)

// UntilDone answers the engine on a loopback port until it says SIGINT, or is gone; then it calls stopping, so that
// calls in progress end soon, and waits for them.
func UntilDone(register func(grpc.ServiceRegistrar), stopping func()) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	go stopWithEngine(stop)

	stopServing := make(chan bool)
	handle, err := rpcutil.ServeWithOptions(rpcutil.ServeOptions{
		Cancel: stopServing,
		Init: func(server *grpc.Server) error {
			register(server)
			return nil
		},
	})
	if err != nil {
		return fmt.Errorf("cannot serve: %w", err)
	}
	go func() {
		<-ctx.Done()
		stopping()
		close(stopServing)
	}()

	// The engine reads the port from the first line.
	fmt.Println(handle.Port)
	return <-handle.Done
}

// stopWithEngine calls stop when the engine is gone, however it died: it holds the other end of our standard input and
// never writes to it. Started by hand, with a terminal or nothing there, a plugin just keeps serving.
func stopWithEngine(stop func()) {
	info, err := os.Stdin.Stat()
	if err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		return
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	stop()
}

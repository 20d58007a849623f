package standin

import (
	"context"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
)

// announcer shows the message beside a resource while an update runs, as a status line: it is no diagnostic that
// anyone has to act on. An engine that can't be told is no reason to fail.
func announcer(engineAddress, message string) func(context.Context, resource.URN) {
	connection, err := grpc.NewClient(engineAddress, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return func(context.Context, resource.URN) {}
	}
	engine := pulumirpc.NewEngineClient(connection)
	return func(ctx context.Context, urn resource.URN) {
		_, _ = engine.Log(ctx, &pulumirpc.LogRequest{
			Severity: pulumirpc.LogSeverity_INFO, Message: message, Urn: string(urn), Ephemeral: true,
		})
	}
}

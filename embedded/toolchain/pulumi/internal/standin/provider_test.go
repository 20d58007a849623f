package standin

import (
	"context"
	"strings"
	"testing"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// echo makes resources that have their inputs and a secret.
type echo struct{}

func (echo) Create(
	_ context.Context, _ resource.URN, inputs resource.PropertyMap,
) (resource.ID, resource.PropertyMap, error) {
	state := inputs.Copy()
	state["secret"] = resource.NewProperty("s3cret")
	return "id", state, nil
}

func (echo) Read(_ context.Context, id resource.ID, inputs, state resource.PropertyMap) (plugin.ReadResult, error) {
	return plugin.ReadResult{ID: id, Inputs: inputs, Outputs: state}, nil
}

func (echo) Update(
	ctx context.Context, _ resource.ID, _, inputs resource.PropertyMap,
) (resource.PropertyMap, error) {
	return inputs, ctx.Err()
}

func (echo) Delete(context.Context, resource.ID, resource.PropertyMap) error { return nil }

const echoToken = "test:index:Echo"

func testProvider() *provider {
	return newProvider("test", semver.MustParse("1.2.3"), map[tokens.Type]Type{echoToken: {
		Check:      func(resource.PropertyMap) []plugin.CheckFailure { return nil },
		Replaces:   func(key resource.PropertyKey) bool { return key == "fixed" },
		Computed:   []resource.PropertyKey{"secret"},
		Secret:     []resource.PropertyKey{"secret"},
		Operations: echo{},
	}})
}

func properties(values map[string]any) resource.PropertyMap {
	return resource.NewPropertyMapFromMap(values)
}

func TestDiff(t *testing.T) {
	old := properties(map[string]any{"fixed": "a", "free": "a"})
	tests := []struct {
		news              map[string]any
		changed, replaces int
	}{
		{map[string]any{"fixed": "a", "free": "a"}, 0, 0},
		{map[string]any{"fixed": "a", "free": "b"}, 1, 0},
		{map[string]any{"fixed": "b", "free": "b"}, 2, 1},
		{map[string]any{"free": "a"}, 1, 1},
	}
	for _, test := range tests {
		diff, err := testProvider().Diff(t.Context(), plugin.DiffRequest{
			Type: echoToken, OldInputs: old, NewInputs: properties(test.news),
		})
		if err != nil || len(diff.ChangedKeys) != test.changed || len(diff.ReplaceKeys) != test.replaces {
			t.Errorf("%v: got %+v, %v", test.news, diff, err)
		}
	}
}

func TestPreviewAndCreate(t *testing.T) {
	request := plugin.CreateRequest{Type: echoToken, Properties: properties(map[string]any{"free": "a"}), Preview: true}
	preview, err := testProvider().Create(t.Context(), request)
	if err != nil || preview.ID != "" || !preview.Properties["secret"].ContainsUnknowns() {
		t.Errorf("preview: %v, %v", preview, err)
	}
	request.Preview = false
	created, err := testProvider().Create(t.Context(), request)
	if err != nil || created.ID != "id" || !created.Properties["secret"].IsSecret() {
		t.Errorf("created: %v, %v", created, err)
	}
}

func TestPreviewOfAnUpdateKeepsWhatIsKnown(t *testing.T) {
	response, err := testProvider().Update(t.Context(), plugin.UpdateRequest{
		Type: echoToken, Preview: true,
		OldOutputs: properties(map[string]any{"free": "a", "secret": "s3cret"}),
		NewInputs:  properties(map[string]any{"free": "b"}),
	})
	want := resource.MakeSecret(resource.NewProperty("s3cret"))
	if err != nil || !response.Properties["secret"].DeepEquals(want) || response.Properties["free"].StringValue() != "b" {
		t.Errorf("got %v, %v", response, err)
	}
}

func TestCancellationReachesOperations(t *testing.T) {
	provider := testProvider()
	if err := provider.SignalCancellation(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-provider.cancelled.Done()
	ctx, done := provider.interruptible(t.Context())
	defer done()
	<-ctx.Done()
}

func TestOtherTypesAreRefused(t *testing.T) {
	_, err := testProvider().Check(t.Context(), plugin.CheckRequest{Type: "test:index:Other"})
	if err == nil || !strings.Contains(err.Error(), "serves Echo and not Other: install the official plugin") {
		t.Errorf("got %v", err)
	}
}

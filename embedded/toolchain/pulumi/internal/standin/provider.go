// Package standin serves a few resource types of an official Pulumi plugin whose source no package registry has.
// See local/plugins/README.md for what a stand-in is and is not.
package standin

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
)

// Type describes one resource type.
type Type struct {
	// Check completes the inputs with defaults, in place, and names what is wrong with them. Inputs may be unknown.
	Check func(inputs resource.PropertyMap) []plugin.CheckFailure
	// Replaces tells whether a change of this input needs a new resource.
	Replaces func(input resource.PropertyKey) bool
	// Computed are the outputs that are unknown until the resource is made.
	Computed []resource.PropertyKey
	// Secret are the outputs that the state must encrypt.
	Secret []resource.PropertyKey

	Operations
}

// Operations is what is done to real resources. No property is unknown or marked as secret.
type Operations interface {
	Create(ctx context.Context, urn resource.URN, inputs resource.PropertyMap) (resource.ID, resource.PropertyMap, error)
	// Read returns the resource as it is now; without ID when it is gone.
	Read(ctx context.Context, id resource.ID, inputs, state resource.PropertyMap) (plugin.ReadResult, error)
	// Update is called when a changed input doesn't replace the resource.
	Update(ctx context.Context, id resource.ID, state, inputs resource.PropertyMap) (resource.PropertyMap, error)
	// Delete succeeds when the resource is already gone.
	Delete(ctx context.Context, id resource.ID, state resource.PropertyMap) error
}

// provider answers the engine for a set of types.
type provider struct {
	plugin.UnimplementedProvider

	name    string
	version semver.Version
	types   map[tokens.Type]Type
	// announce says, beside the provider's resource, that this is a stand-in.
	announce func(ctx context.Context, urn resource.URN)

	// cancelled ends when the user interrupts the update.
	cancelled context.Context
	cancel    context.CancelFunc
}

func newProvider(name string, version semver.Version, types map[tokens.Type]Type) *provider {
	cancelled, cancel := context.WithCancel(context.Background())
	return &provider{name: name, version: version, types: types, cancelled: cancelled, cancel: cancel}
}

// Handshake turns down marked secrets and the like: the engine then sends plain values and marks an output itself
// when the input of that name was secret.
func (p *provider) Handshake(
	context.Context, plugin.ProviderHandshakeRequest,
) (*plugin.ProviderHandshakeResponse, error) {
	return &plugin.ProviderHandshakeResponse{}, nil
}

func (p *provider) GetPluginInfo(context.Context) (plugin.PluginInfo, error) {
	return plugin.PluginInfo{Version: &p.version}, nil
}

func (p *provider) Configure(ctx context.Context, req plugin.ConfigureRequest) (plugin.ConfigureResponse, error) {
	if p.announce != nil && req.URN != nil {
		p.announce(ctx, *req.URN)
	}
	return plugin.ConfigureResponse{}, nil
}

func (p *provider) SignalCancellation(context.Context) error {
	p.cancel()
	return nil
}

func (p *provider) Check(_ context.Context, req plugin.CheckRequest) (plugin.CheckResponse, error) {
	served, err := p.serving(req.Type)
	if err != nil {
		return plugin.CheckResponse{}, err
	}
	inputs := req.News.Copy()
	maps.DeleteFunc(inputs, func(_ resource.PropertyKey, value resource.PropertyValue) bool { return value.IsNull() })
	failures := served.Check(inputs)
	return plugin.CheckResponse{Properties: inputs, Failures: failures}, nil
}

func (p *provider) Diff(_ context.Context, req plugin.DiffRequest) (plugin.DiffResponse, error) {
	served, err := p.serving(req.Type)
	if err != nil {
		return plugin.DiffResponse{}, err
	}
	changed := req.OldInputs.Diff(req.NewInputs)
	if changed == nil {
		return plugin.DiffResponse{Changes: plugin.DiffNone}, nil
	}
	response := plugin.DiffResponse{Changes: plugin.DiffSome, ChangedKeys: changed.ChangedKeys()}
	for _, key := range response.ChangedKeys {
		if served.Replaces(key) {
			response.ReplaceKeys = append(response.ReplaceKeys, key)
		}
	}
	return response, nil
}

func (p *provider) Create(ctx context.Context, req plugin.CreateRequest) (plugin.CreateResponse, error) {
	served, err := p.serving(req.Type)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	if req.Preview {
		return plugin.CreateResponse{Properties: served.preview(nil, req.Properties)}, nil
	}
	ctx, done := p.interruptible(ctx)
	defer done()
	id, state, err := served.Operations.Create(ctx, req.URN, req.Properties)
	if err != nil {
		return plugin.CreateResponse{}, err
	}
	return plugin.CreateResponse{ID: id, Properties: served.withSecrets(state)}, nil
}

func (p *provider) Read(ctx context.Context, req plugin.ReadRequest) (plugin.ReadResponse, error) {
	served, err := p.serving(req.Type)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	ctx, done := p.interruptible(ctx)
	defer done()
	result, err := served.Operations.Read(ctx, req.ID, req.Inputs, req.State)
	if err != nil {
		return plugin.ReadResponse{}, err
	}
	result.Outputs = served.withSecrets(result.Outputs)
	return plugin.ReadResponse{ReadResult: result}, nil
}

func (p *provider) Update(ctx context.Context, req plugin.UpdateRequest) (plugin.UpdateResponse, error) {
	served, err := p.serving(req.Type)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	if req.Preview {
		return plugin.UpdateResponse{Properties: served.preview(req.OldOutputs, req.NewInputs)}, nil
	}
	ctx, done := p.interruptible(ctx)
	defer done()
	state, err := served.Operations.Update(ctx, req.ID, req.OldOutputs, req.NewInputs)
	if err != nil {
		return plugin.UpdateResponse{}, err
	}
	return plugin.UpdateResponse{Properties: served.withSecrets(state)}, nil
}

func (p *provider) Delete(ctx context.Context, req plugin.DeleteRequest) (plugin.DeleteResponse, error) {
	served, err := p.serving(req.Type)
	if err != nil {
		return plugin.DeleteResponse{}, err
	}
	ctx, done := p.interruptible(ctx)
	defer done()
	return plugin.DeleteResponse{}, served.Operations.Delete(ctx, req.ID, req.Outputs)
}

func (p *provider) serving(token tokens.Type) (Type, error) {
	served, found := p.types[token]
	if !found {
		names := make([]string, 0, len(p.types))
		for name := range p.types {
			names = append(names, string(name.Name()))
		}
		slices.Sort(names)
		return Type{}, fmt.Errorf("the local stand-in for the %s plugin serves %s and not %s: install the official plugin",
			p.name, strings.Join(names, ", "), token.Name())
	}
	return served, nil
}

// interruptible is a context that ends with the call, or when the user interrupts the update.
func (p *provider) interruptible(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(p.cancelled, cancel)
	return ctx, func() { stop(); cancel() }
}

// preview tells the outputs as far as the inputs tell them.
func (t Type) preview(state, inputs resource.PropertyMap) resource.PropertyMap {
	outputs := inputs.Copy()
	for _, key := range t.Computed {
		if known, found := state[key]; found {
			outputs[key] = known
		} else {
			outputs[key] = resource.MakeComputed(resource.NewProperty(""))
		}
	}
	return t.withSecrets(outputs)
}

func (t Type) withSecrets(state resource.PropertyMap) resource.PropertyMap {
	for _, key := range t.Secret {
		if value, found := state[key]; found {
			state[key] = resource.MakeSecret(value)
		}
	}
	return state
}

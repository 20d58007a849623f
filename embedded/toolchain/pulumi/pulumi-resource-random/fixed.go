package main

import (
	"context"
	"errors"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// fixed is what every random resource does after it was made: nothing. It lives in the state only, and any change of
// an input (keepers are there for that) makes a new one.
type fixed struct{}

func (fixed) Read(
	_ context.Context, id resource.ID, inputs, state resource.PropertyMap,
) (plugin.ReadResult, error) {
	if len(state) == 0 {
		return plugin.ReadResult{}, errors.New("the local stand-in for the random plugin can't import resources")
	}
	return plugin.ReadResult{ID: id, Inputs: inputs, Outputs: state}, nil
}

func (fixed) Update(
	context.Context, resource.ID, resource.PropertyMap, resource.PropertyMap,
) (resource.PropertyMap, error) {
	return nil, errors.New("random resources are replaced, never updated")
}

func (fixed) Delete(context.Context, resource.ID, resource.PropertyMap) error { return nil }

func anyChange(resource.PropertyKey) bool { return true }

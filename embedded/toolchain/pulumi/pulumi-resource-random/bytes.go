package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"preview-stack/local/toolchain/pulumi/internal/standin"
)

var bytesType = standin.Type{
	Check:      checkBytes,
	Replaces:   anyChange,
	Computed:   []resource.PropertyKey{"base64", "hex"},
	Secret:     []resource.PropertyKey{"base64", "hex"},
	Operations: bytesOperations{},
}

type bytesOperations struct{ fixed }

func checkBytes(inputs resource.PropertyMap) []plugin.CheckFailure {
	return checkLength(inputs, 1)
}

// Create uses the value as the resource's id, as the official plugin does. An id is never encrypted: whoever must not
// have the value in the state in clear uses a RandomPassword.
func (bytesOperations) Create(
	_ context.Context, _ resource.URN, inputs resource.PropertyMap,
) (resource.ID, resource.PropertyMap, error) {
	value := make([]byte, int(inputs["length"].NumberValue()))
	_, _ = rand.Read(value) // never fails
	state := inputs.Copy()
	encoded := base64.StdEncoding.EncodeToString(value)
	state["base64"] = resource.NewProperty(encoded)
	state["hex"] = resource.NewProperty(hex.EncodeToString(value))
	return resource.ID(encoded), state, nil
}

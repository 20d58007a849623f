package main

import (
	"fmt"

	"github.com/google/shlex"
	"google.golang.org/protobuf/types/known/structpb"
)

// options are the `runtime.options` of Pulumi.yaml that this host knows; it ignores others, as the official one does.
type options struct {
	typescript     bool
	nodeArgs       []string
	tsconfig       string
	packageManager string
}

func parseOptions(given *structpb.Struct) (options, error) {
	parsed := options{typescript: true, packageManager: "npm"}
	for name, value := range given.AsMap() {
		var ok bool
		var text string
		switch name {
		case "typescript":
			parsed.typescript, ok = value.(bool)
		case "nodeargs":
			if text, ok = value.(string); ok {
				var err error
				if parsed.nodeArgs, err = shlex.Split(text); err != nil {
					return options{}, fmt.Errorf("runtime option nodeargs: %w (received %q)", err, text)
				}
			}
		case "tsconfig":
			parsed.tsconfig, ok = value.(string)
		case "packagemanager":
			if text, ok = value.(string); ok && text != "auto" {
				parsed.packageManager = text
			}
		default:
			ok = true
		}
		if !ok {
			return options{}, fmt.Errorf("runtime option %s of Pulumi.yaml has the wrong type (received %v)", name, value)
		}
	}
	switch parsed.packageManager {
	case "npm", "yarn", "pnpm", "bun":
		return parsed, nil
	default:
		return options{}, fmt.Errorf(
			"runtime option packagemanager of Pulumi.yaml must be auto, npm, yarn, pnpm or bun (received %q)",
			parsed.packageManager)
	}
}

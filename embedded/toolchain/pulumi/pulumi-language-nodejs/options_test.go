package main

import (
	"reflect"
	"testing"

	"google.golang.org/protobuf/types/known/structpb"
)

func TestParseOptions(t *testing.T) {
	tests := []struct {
		name  string
		given map[string]any
		want  options
	}{
		{"none", nil, options{typescript: true, packageManager: "npm"}},
		{"javascript", map[string]any{"typescript": false}, options{packageManager: "npm"}},
		{
			"all",
			map[string]any{"nodeargs": `--trace-uncaught --title="a b"`, "tsconfig": "t.json", "packagemanager": "pnpm"},
			options{
				typescript: true, nodeArgs: []string{"--trace-uncaught", "--title=a b"}, tsconfig: "t.json",
				packageManager: "pnpm",
			},
		},
		{"unknown", map[string]any{"later": 1}, options{typescript: true, packageManager: "npm"}},
	}
	for _, test := range tests {
		got, err := parseOptions(optionsOf(t, test.given))
		if err != nil || !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: got %+v, %v; want %+v", test.name, got, err, test.want)
		}
	}
}

func TestParseOptionsRefuses(t *testing.T) {
	for name, value := range map[string]any{
		"typescript": "yes", "nodeargs": `--title="open`, "tsconfig": true, "packagemanager": "rm -rf",
	} {
		if got, err := parseOptions(optionsOf(t, map[string]any{name: value})); err == nil {
			t.Errorf("%s = %v gave %+v", name, value, got)
		}
	}
}

func optionsOf(t *testing.T, values map[string]any) *structpb.Struct {
	t.Helper()
	given, err := structpb.NewStruct(values)
	if err != nil {
		t.Fatal(err)
	}
	return given
}

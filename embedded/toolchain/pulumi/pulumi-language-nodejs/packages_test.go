package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// project is a program in a subfolder, with plugin SDKs of every kind in its node_modules.
func project(t *testing.T) string {
	root := t.TempDir()
	for path, content := range map[string]string{
		"package.json": `{"name": "program", "dependencies": {"@pulumi/random": "4", "component": "1", "missing": "1"}}`,
		"node_modules/@pulumi/random/package.json": `{
			"name": "@pulumi/random", "version": "4.21.2", "pulumi": {"resource": true, "name": "random"}}`,
		"node_modules/component/package.json": `{
			"name": "component", "version": "1.0.0", "dependencies": {"@acme/plugin": "2", "@pulumi/random": "4"}}`,
		"node_modules/component/node_modules/@acme/plugin/package.json": `{
			"name": "@acme/plugin", "version": "2.0.0",
			"pulumi": {"resource": true, "version": "2.1.0", "server": "https://plugins.example.com"}}`,
		"node_modules/unused/package.json": `{"name": "unused", "version": "1.0.0", "pulumi": {"resource": true}}`,
	} {
		writeFile(t, filepath.Join(root, path), content)
	}
	program := filepath.Join(root, "infra")
	if err := os.Mkdir(program, 0o755); err != nil {
		t.Fatal(err)
	}
	return program
}

func TestDependencies(t *testing.T) {
	program := project(t)
	for transitive, want := range map[bool][]string{
		false: {"@pulumi/random 4.21.2", "component 1.0.0"},
		true:  {"@acme/plugin 2.0.0", "@pulumi/random 4.21.2", "component 1.0.0"},
	} {
		packages, err := dependencies(program, transitive)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, pkg := range packages {
			got = append(got, pkg.Name+" "+pkg.Version)
		}
		if !slices.Equal(got, want) {
			t.Errorf("transitive %v: got %v, want %v", transitive, got, want)
		}
	}
}

func TestRequiredPackages(t *testing.T) {
	packages, err := dependencies(project(t), true)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, pkg := range requiredPackages(packages) {
		got = append(got, pkg.Kind+" "+pkg.Name+" "+pkg.Version+" "+pkg.Server)
	}
	want := []string{"resource acme/plugin 2.1.0 https://plugins.example.com", "resource random 4.21.2 "}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDependenciesOfABrokenManifest(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "package.json"), "{")
	if _, err := dependencies(root, true); err == nil {
		t.Error("a package.json that isn't JSON went unnoticed")
	}
}

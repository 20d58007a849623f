package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// npmPackage is what the host reads in a package.json.
type npmPackage struct {
	Name         string            `json:"name"`
	Version      string            `json:"version"`
	Dependencies map[string]string `json:"dependencies"`
	Pulumi       struct {
		Resource         bool              `json:"resource"`
		Name             string            `json:"name"`
		Version          string            `json:"version"`
		Server           string            `json:"server"`
		Parameterization *parameterization `json:"parameterization"`
	} `json:"pulumi"`

	folder string
}

type parameterization struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	Value   []byte `json:"value"`
}

// dependencies lists the installed packages that the program depends on, by its package.json, each once and sorted by
// name; with transitive, also those that they depend on. A dependency that isn't installed is left out: that the
// program can't be run is Node's to say.
func dependencies(programDirectory string, transitive bool) ([]npmPackage, error) {
	root, found, err := nearestPackage(programDirectory)
	if err != nil || !found {
		return nil, err
	}
	var packages []npmPackage
	seen := map[string]bool{root.folder: true}
	for queue := []npmPackage{root}; len(queue) > 0; {
		dependent := queue[0]
		queue = queue[1:]
		for name := range dependent.Dependencies {
			folder, found := resolvePackage(dependent.folder, name)
			if !found || seen[folder] {
				continue
			}
			seen[folder] = true
			pkg, err := readPackage(folder)
			if err != nil {
				return nil, err
			}
			packages = append(packages, pkg)
			if transitive {
				queue = append(queue, pkg)
			}
		}
	}
	slices.SortFunc(packages, func(a, b npmPackage) int { return strings.Compare(a.Name, b.Name) })
	return packages, nil
}

// requiredPackages picks the packages that are the SDK of a resource plugin.
func requiredPackages(packages []npmPackage) []*pulumirpc.PackageDependency {
	var required []*pulumirpc.PackageDependency
	for _, pkg := range packages {
		if !pkg.Pulumi.Resource {
			continue
		}
		dependency := &pulumirpc.PackageDependency{
			Kind:    "resource",
			Name:    pkg.Pulumi.Name,
			Version: pkg.Pulumi.Version,
			Server:  pkg.Pulumi.Server,
		}
		if dependency.Name == "" {
			dependency.Name = strings.TrimPrefix(strings.TrimPrefix(pkg.Name, "@pulumi/"), "@")
		}
		if dependency.Version == "" {
			dependency.Version = pkg.Version
		}
		if given := pkg.Pulumi.Parameterization; given != nil {
			dependency.Parameterization = &pulumirpc.PackageParameterization{
				Name: given.Name, Version: given.Version, Value: given.Value,
			}
		}
		required = append(required, dependency)
	}
	return required
}

// nearestPackage reads the package.json that folder belongs to, if there is one.
func nearestPackage(folder string) (npmPackage, bool, error) {
	for _, candidate := range withParents(folder) {
		pkg, err := readPackage(candidate)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		return pkg, err == nil, err
	}
	return npmPackage{}, false, nil
}

// resolvePackage finds an installed package as Node does: in node_modules of folder or of one above it.
func resolvePackage(folder, name string) (string, bool) {
	for _, candidate := range withParents(folder) {
		path, err := filepath.EvalSymlinks(filepath.Join(candidate, "node_modules", name))
		if err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(path, "package.json")); err == nil {
			return path, true
		}
	}
	return "", false
}

func readPackage(folder string) (npmPackage, error) {
	path := filepath.Join(folder, "package.json")
	text, err := os.ReadFile(path)
	if err != nil {
		return npmPackage{}, err
	}
	pkg := npmPackage{folder: folder}
	if err := json.Unmarshal(text, &pkg); err != nil {
		return npmPackage{}, fmt.Errorf("%s is not a valid package.json: %w", path, err)
	}
	return pkg, nil
}

// withParents lists folder and every folder above it.
func withParents(folder string) []string {
	folders := []string{folder}
	for parent := filepath.Dir(folder); parent != folder; folder, parent = parent, filepath.Dir(parent) {
		folders = append(folders, parent)
	}
	return folders
}

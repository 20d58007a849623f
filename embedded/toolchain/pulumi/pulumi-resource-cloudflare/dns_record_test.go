package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

const testZone = "00000000000000000000000000000001"

var operations = recordOperations{now: time.Now}

func wanted(changes map[string]any) resource.PropertyMap {
	inputs := map[string]any{
		"zoneId": testZone, "name": "pr-1.previews.example.com", "type": "A", "ttl": 300, "content": "192.0.2.1",
		"proxied": false,
	}
	for key, value := range changes {
		inputs[key] = value
	}
	return resource.NewPropertyMapFromMap(inputs)
}

// inFolder keeps the test's zones in a folder of its own.
func inFolder(t *testing.T) string {
	folder := t.TempDir()
	t.Setenv(folderVariable, folder)
	return folder
}

func create(t *testing.T, changes map[string]any) (resource.ID, resource.PropertyMap) {
	t.Helper()
	id, state, err := operations.Create(t.Context(), "", wanted(changes))
	if err != nil {
		t.Fatal(err)
	}
	return id, state
}

func TestLifeOfARecord(t *testing.T) {
	inFolder(t)
	id, state := create(t, map[string]any{"comment": "ours"})
	read, err := operations.Read(t.Context(), id, nil, state)
	if err != nil || read.ID != id || !read.Outputs.DeepEquals(state) {
		t.Fatalf("read %v, %v; want %v", read, err, state)
	}
	if want := wanted(map[string]any{"comment": "ours"}); !read.Inputs.DeepEquals(want) {
		t.Errorf("inputs %v, want %v", read.Inputs, want)
	}

	later := recordOperations{now: func() time.Time { return time.Now().Add(time.Hour) }}
	updated, err := later.Update(t.Context(), id, state, wanted(map[string]any{"comment": "ours", "content": "192.0.2.2"}))
	if err != nil {
		t.Fatal(err)
	}
	for _, same := range []resource.PropertyKey{"createdOn", "commentModifiedOn"} {
		if !updated[same].DeepEquals(state[same]) {
			t.Errorf("%s changed from %v to %v", same, state[same], updated[same])
		}
	}
	if updated["modifiedOn"].DeepEquals(state["modifiedOn"]) || updated["content"].StringValue() != "192.0.2.2" {
		t.Errorf("after the update: %v", updated)
	}

	for range 2 { // the second time it is gone already
		if err := operations.Delete(t.Context(), id, updated); err != nil {
			t.Fatal(err)
		}
	}
	if read, err := operations.Read(t.Context(), id, nil, updated); err != nil || read.ID != "" {
		t.Errorf("after the deletion: %v, %v", read, err)
	}
	if _, err := operations.Update(t.Context(), id, updated, wanted(nil)); !isGone(err) {
		t.Errorf("update of a record that is gone: %v", err)
	}
}

func TestImport(t *testing.T) {
	inFolder(t)
	id, state := create(t, nil)
	read, err := operations.Read(t.Context(), testZone+"/"+id, nil, nil)
	if err != nil || read.ID != id || !read.Outputs.DeepEquals(state) {
		t.Errorf("got %v, %v", read, err)
	}
}

func TestConflicts(t *testing.T) {
	tests := []struct {
		name    string
		changes map[string]any
		code    string
	}{
		{"identical", nil, "81058"},
		{"identical but for case and dot", map[string]any{"name": "PR-1.previews.example.com."}, "81058"},
		{"alias beside an address", map[string]any{"type": "CNAME", "content": "example.com"}, "81053"},
		{"another address", map[string]any{"content": "192.0.2.2"}, ""},
		{"another kind", map[string]any{"type": "TXT"}, ""},
		{"another name", map[string]any{"name": "pr-2.previews.example.com"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			inFolder(t)
			create(t, nil)
			_, _, err := operations.Create(t.Context(), "", wanted(test.changes))
			if test.code == "" && err != nil || test.code != "" && (err == nil || !strings.Contains(err.Error(), test.code)) {
				t.Errorf("got %v, want code %q", err, test.code)
			}
		})
	}

	inFolder(t)
	create(t, map[string]any{"type": "CNAME", "content": "example.com"})
	_, _, err := operations.Create(t.Context(), "", wanted(nil))
	if err == nil || !strings.Contains(err.Error(), `{"code":81054,"message":"A CNAME record with that host already exists."}`) {
		t.Errorf("address beside an alias: %v", err)
	}
}

func TestFaults(t *testing.T) {
	folder := inFolder(t)
	order := func(faults string) {
		if err := os.WriteFile(filepath.Join(folder, testZone+".faults.json"), []byte(faults), 0o644); err != nil {
			t.Fatal(err)
		}
	}

	order(`[{"on": "create", "status": 503, "times": 2}]`)
	for range 2 {
		_, _, err := operations.Create(t.Context(), "", wanted(nil))
		if err == nil || !strings.Contains(err.Error(), "503 Service Unavailable") {
			t.Errorf("got %v", err)
		}
	}
	id, state := create(t, nil)

	order(`[{"delayMs": 60000}]`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := operations.Read(ctx, id, nil, state); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("an interrupted request: %v", err)
	}
}

func TestRefusals(t *testing.T) {
	inFolder(t)
	if _, _, err := operations.Create(t.Context(), "", wanted(map[string]any{"proxied": true})); err == nil {
		t.Error("a proxied record with a ttl was made")
	}
	if _, _, err := operations.Create(t.Context(), "", wanted(map[string]any{"zoneId": "../x"})); err == nil {
		t.Error("a zone id that is a path was accepted")
	}
	t.Setenv(folderVariable, "")
	if _, _, err := operations.Create(t.Context(), "", wanted(nil)); err == nil || !strings.Contains(err.Error(), folderVariable) {
		t.Errorf("without a folder: %v", err)
	}
}

func TestCheck(t *testing.T) {
	inputs := wanted(map[string]any{"comment": "", "tags": []any{}})
	delete(inputs, "proxied")
	if failures := checkRecord(inputs); len(failures) > 0 || !inputs.DeepEquals(wanted(nil)) {
		t.Errorf("got %v, %v", inputs, failures)
	}
	for key, value := range map[string]any{"ttl": 5, "type": "B", "name": "", "data": map[string]any{"tag": "issue"}} {
		failures := checkRecord(wanted(map[string]any{key: value}))
		if len(failures) != 1 || string(failures[0].Property) != key {
			t.Errorf("%s = %v: %v", key, value, failures)
		}
	}
}

func TestReplacesOnlyForAnotherZone(t *testing.T) {
	for _, key := range []resource.PropertyKey{"zoneId", "name", "type", "content", "ttl", "proxied", "comment"} {
		if got, want := recordType.Replaces(key), key == "zoneId"; got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
}

package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

func TestArguments(t *testing.T) {
	request := &pulumirpc.RunRequest{
		MonitorAddress: "127.0.0.1:1", Organization: "organization", Project: "preview", Stack: "pr-1", Pwd: "/p",
		DryRun: true, Parallel: 16, Args: []string{"one", "--two"},
		Info: &pulumirpc.ProgramInfo{RootDirectory: "/root", ProgramDirectory: "/p", EntryPoint: "main.ts"},
	}
	want := "--monitor=127.0.0.1:1 --engine=127.0.0.1:2 --organization=organization --project=preview " +
		"--root-directory=/root --stack=pr-1 --pwd=/p --dry-run --parallel=16 main.ts one --two"
	if got := strings.Join(arguments(request, "127.0.0.1:2"), " "); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestArgumentsWithoutEntryPoint(t *testing.T) {
	got := arguments(&pulumirpc.RunRequest{MonitorAddress: "m"}, "")
	if want := []string{"--monitor=m", "--parallel=0", "."}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestEnvironment(t *testing.T) {
	request := &pulumirpc.RunRequest{
		Config:           map[string]string{"preview:domain": "example.com", "preview:token": "s3cret"},
		ConfigSecretKeys: []string{"preview:token"},
	}
	got, err := environment(request, options{typescript: true, tsconfig: "tsconfig.pulumi.json"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`PULUMI_CONFIG={"preview:domain":"example.com","preview:token":"s3cret"}`,
		`PULUMI_CONFIG_SECRET_KEYS=["preview:token"]`,
		"PULUMI_NODEJS_TYPESCRIPT=true",
		"PULUMI_NODEJS_TSCONFIG_PATH=tsconfig.pulumi.json",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}

	got, err = environment(&pulumirpc.RunRequest{}, options{})
	if want := []string{"PULUMI_CONFIG={}", "PULUMI_CONFIG_SECRET_KEYS=[]"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
}

func TestResponse(t *testing.T) {
	tests := []struct {
		script string
		want   *pulumirpc.RunResponse
	}{
		{"exit 0", &pulumirpc.RunResponse{}},
		{"exit 32", &pulumirpc.RunResponse{Bail: true}},
		{"exit 7", &pulumirpc.RunResponse{Error: "Program exited with non-zero exit code: 7"}},
		{"kill -9 $$", &pulumirpc.RunResponse{Error: "Program ended by signal: killed"}},
	}
	for _, test := range tests {
		got := response(exec.Command("sh", "-c", test.script).Run())
		if got.Error != test.want.Error || got.Bail != test.want.Bail {
			t.Errorf("%s: got %v, want %v", test.script, got, test.want)
		}
	}
}

func TestRunInterruptsTheProgram(t *testing.T) {
	marker := filepath.Join(t.TempDir(), "interrupted")
	script := `trap 'touch "` + marker + `"; exit 1' INT; while :; do sleep 0.01; done`
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	started := time.Now()
	(&program{node: "sh", args: []string{"-c", script}, env: os.Environ()}).run(ctx)
	if _, err := os.Stat(marker); err != nil {
		t.Error("the program saw no SIGINT")
	}
	if took := time.Since(started); took > interruptGrace {
		t.Errorf("it took %v to end", took)
	}
}

func TestFindRunModule(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "node_modules/@pulumi/pulumi/package.json"), "{}")
	program := filepath.Join(root, "infra")
	if err := os.Mkdir(program, 0o755); err != nil {
		t.Fatal(err)
	}
	got, err := findRunModule(program)
	if want := filepath.Join(root, "node_modules/@pulumi/pulumi/cmd/run"); err != nil || got != want {
		t.Errorf("got %s, %v; want %s", got, err, want)
	}
	if _, err := findRunModule(t.TempDir()); err == nil || !strings.Contains(err.Error(), "npm install") {
		t.Errorf("without the SDK: %v", err)
	}
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

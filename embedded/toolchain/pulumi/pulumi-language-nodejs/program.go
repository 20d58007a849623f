package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
	"time"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
)

// exitAlreadyReported is how @pulumi/pulumi/cmd/run says that the user has been told all there is to tell.
const exitAlreadyReported = 32

// interruptGrace is how long an interrupted program may take to end. The engine kills the host's process group after
// five seconds, so it must be less.
const interruptGrace = 3 * time.Second

// program is one execution of a Node.js program: what to start, with which arguments and environment.
type program struct {
	node string
	args []string
	env  []string
	dir  string
}

func newProgram(req *pulumirpc.RunRequest, engineAddress string) (*program, error) {
	options, err := parseOptions(req.GetInfo().GetOptions())
	if err != nil {
		return nil, err
	}
	node, err := findNode()
	if err != nil {
		return nil, err
	}
	runModule, err := findRunModule(req.GetInfo().GetProgramDirectory())
	if err != nil {
		return nil, err
	}
	env, err := environment(req, options)
	if err != nil {
		return nil, err
	}
	args := append(options.nodeArgs, runModule)
	args = append(args, arguments(req, engineAddress)...)
	return &program{node: node, args: args, env: append(os.Environ(), env...), dir: req.GetPwd()}, nil
}

func findNode() (string, error) {
	node, err := exec.LookPath("node")
	if err != nil {
		return "", errors.New("could not find `node` on the PATH: install Node.js, or add its folder to PATH")
	}
	return node, nil
}

// findRunModule resolves @pulumi/pulumi/cmd/run as the program would.
func findRunModule(programDirectory string) (string, error) {
	folder, found := resolvePackage(programDirectory, "@pulumi/pulumi")
	if found {
		return filepath.Join(folder, "cmd", "run"), nil
	}
	return "", fmt.Errorf("the Pulumi SDK has not been installed: "+
		"no node_modules/@pulumi/pulumi in %s or above it. Have you run `npm install`?", programDirectory)
}

// arguments are those of @pulumi/pulumi/cmd/run, then the program and its own.
func arguments(req *pulumirpc.RunRequest, engineAddress string) []string {
	var args []string
	add := func(name, value string) {
		if value != "" {
			args = append(args, "--"+name+"="+value)
		}
	}
	add("monitor", req.GetMonitorAddress())
	add("engine", engineAddress)
	add("organization", req.GetOrganization())
	add("project", req.GetProject())
	add("root-directory", req.GetInfo().GetRootDirectory())
	add("stack", req.GetStack())
	add("pwd", req.GetPwd())
	if req.GetDryRun() {
		args = append(args, "--dry-run")
	}
	add("parallel", strconv.Itoa(int(req.GetParallel())))

	entryPoint := req.GetInfo().GetEntryPoint()
	if entryPoint == "" {
		entryPoint = "."
	}
	args = append(args, entryPoint)
	return append(args, req.GetArgs()...)
}

// environment is what the SDK reads that isn't an argument. Configuration goes this way because arguments show in ps.
func environment(req *pulumirpc.RunRequest, options options) ([]string, error) {
	config := req.GetConfig()
	if config == nil {
		config = map[string]string{}
	}
	secretKeys := req.GetConfigSecretKeys()
	if secretKeys == nil {
		secretKeys = []string{}
	}
	configJSON, err := json.Marshal(config)
	if err != nil {
		return nil, fmt.Errorf("cannot serialize the stack's configuration: %w", err)
	}
	secretKeysJSON, err := json.Marshal(secretKeys)
	if err != nil {
		return nil, fmt.Errorf("cannot serialize the names of the stack's secrets: %w", err)
	}
	env := []string{
		"PULUMI_CONFIG=" + string(configJSON),
		"PULUMI_CONFIG_SECRET_KEYS=" + string(secretKeysJSON),
	}
	if options.typescript {
		env = append(env, "PULUMI_NODEJS_TYPESCRIPT=true")
	}
	if options.tsconfig != "" {
		env = append(env, "PULUMI_NODEJS_TSCONFIG_PATH="+options.tsconfig)
	}
	return env, nil
}

// run executes the program. When ctx ends (the engine cancels, or is gone) it is interrupted, then killed. It stays in
// the host's process group, which the engine signals as a whole.
func (p *program) run(ctx context.Context) *pulumirpc.RunResponse {
	cmd := exec.CommandContext(ctx, p.node, p.args...)
	cmd.Dir, cmd.Env = p.dir, p.env
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.WaitDelay = interruptGrace

	// Nobody outlives a host that was killed outright. The signal comes when the starting thread ends, so keep it.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}

	return response(cmd.Run())
}

// response words how a program ended, as the official host does.
func response(err error) *pulumirpc.RunResponse {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return &pulumirpc.RunResponse{}
	case !errors.As(err, &exit):
		return &pulumirpc.RunResponse{
			Error: fmt.Sprintf("Problem executing program (could not run language executor): %v", err),
		}
	case exit.ExitCode() == exitAlreadyReported:
		return &pulumirpc.RunResponse{Bail: true}
	case exit.ExitCode() < 0:
		return &pulumirpc.RunResponse{Error: fmt.Sprintf("Program ended by %v", exit)}
	default:
		return &pulumirpc.RunResponse{
			Error: fmt.Sprintf("Program exited with non-zero exit code: %d", exit.ExitCode()),
		}
	}
}

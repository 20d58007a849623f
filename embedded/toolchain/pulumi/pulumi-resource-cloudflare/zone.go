package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
)

// folderVariable names the environment variable that holds the folder of the zones' files.
const folderVariable = "LOCAL_DNS_DIR"

var zoneID = regexp.MustCompile(`^[0-9a-f]{32}$`)

// zone is the records of one zone, kept in <folder>/<id>.json. A test may write that file while no update runs: so it
// takes a record away, or plants one.
type zone struct{ folder, id string }

func openZone(id string) (zone, error) {
	folder := os.Getenv(folderVariable)
	if folder == "" {
		return zone{}, fmt.Errorf("the local stand-in for the cloudflare plugin needs %s, "+
			"the folder that keeps the DNS records: set it, or install the official plugin", folderVariable)
	}
	if !zoneID.MatchString(id) {
		return zone{}, &apiError{
			method: http.MethodGet, path: "/zones/" + id, status: http.StatusBadRequest, code: 7003,
			message: fmt.Sprintf("Could not route to /zones/%s, perhaps your object identifier is invalid?", id),
		}
	}
	return zone{folder: folder, id: id}, os.MkdirAll(folder, 0o755)
}

// request makes one request to the zone: it suffers the fault that a test ordered, if any, then handles the records
// under the zone's lock and keeps what handle returns.
func (z zone) request(ctx context.Context, kind requestKind, recordID string, handle handler) error {
	if err := z.suffer(ctx, kind, recordID); err != nil {
		return err
	}
	return z.locked(func() error {
		var records []record
		if err := readJSON(z.file(""), &records); err != nil {
			return err
		}
		kept, err := handle(records)
		if err != nil || !kind.changes() {
			return err
		}
		return writeJSON(z.file(""), kept)
	})
}

// handler gets the zone's records and returns them as they shall be.
type handler func([]record) ([]record, error)

// error is Cloudflare's refusal of a request.
func (z zone) error(kind requestKind, recordID string, status, code int, message string) error {
	path := "/zones/" + z.id + "/dns_records"
	if recordID != "" {
		path += "/" + recordID
	}
	return &apiError{method: kind.method(), path: path, status: status, code: code, message: message}
}

func (z zone) file(suffix string) string { return filepath.Join(z.folder, z.id+suffix+".json") }

// locked runs action while no other stand-in process works on the zone.
func (z zone) locked(action func() error) error {
	lock, err := os.OpenFile(filepath.Join(z.folder, z.id+".lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return fmt.Errorf("cannot lock %s: %w", lock.Name(), err)
	}
	return action()
}

// readJSON leaves value as it is when there is no such file.
func readJSON(path string, value any) error {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, value); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// writeJSON replaces the file in one step, so that nobody ever reads half of it.
func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	unfinished := path + ".new"
	if err := os.WriteFile(unfinished, append(text, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(unfinished, path)
}

package main

import (
	"context"
	"net/http"
	"time"
)

// requestKind is what a request does to a record.
type requestKind string

const (
	creating requestKind = "create"
	listing  requestKind = "list"
	reading  requestKind = "read"
	updating requestKind = "update"
	deleting requestKind = "delete"
)

func (k requestKind) method() string {
	return map[requestKind]string{
		creating: http.MethodPost, listing: http.MethodGet, reading: http.MethodGet, updating: http.MethodPut,
		deleting: http.MethodDelete,
	}[k]
}

func (k requestKind) changes() bool { return k.method() != http.MethodGet }

// fault is an order of a test to make requests fail, or slow. A zone's faults are the list in <id>.faults.json; each
// request suffers the first that fits.
type fault struct {
	// On is the kind of request; without it, any.
	On requestKind `json:"on,omitempty"`
	// DelayMs is how long the request takes.
	DelayMs int `json:"delayMs,omitempty"`
	// Status is the HTTP status of the answer; without it the request succeeds after the delay.
	Status int `json:"status,omitempty"`
	// Code and Message are Cloudflare's own, in the answer's body; without a message, that of the status.
	Code    int    `json:"code,omitempty"`
	Message string `json:"message,omitempty"`
	// Times is how many more requests suffer it; without it, all.
	Times int `json:"times,omitempty"`
}

// suffer makes the request slow or fail as ordered.
func (z zone) suffer(ctx context.Context, kind requestKind, recordID string) error {
	ordered, err := z.takeFault(kind)
	if err != nil {
		return err
	}
	select {
	case <-time.After(time.Duration(ordered.DelayMs) * time.Millisecond):
	case <-ctx.Done():
		return ctx.Err()
	}
	if ordered.Status == 0 {
		return nil
	}
	if ordered.Message == "" {
		ordered.Message = http.StatusText(ordered.Status)
	}
	return z.error(kind, recordID, ordered.Status, ordered.Code, ordered.Message)
}

// takeFault finds the fault for a request, and takes it off the list when this was its last time.
func (z zone) takeFault(kind requestKind) (taken fault, err error) {
	err = z.locked(func() error {
		var faults []fault
		if err := readJSON(z.file(".faults"), &faults); err != nil {
			return err
		}
		for i, candidate := range faults {
			if candidate.On != "" && candidate.On != kind {
				continue
			}
			taken = candidate
			switch candidate.Times {
			case 0:
				return nil
			case 1:
				faults = append(faults[:i], faults[i+1:]...)
			default:
				faults[i].Times--
			}
			return writeJSON(z.file(".faults"), faults)
		}
		return nil
	})
	return taken, err
}

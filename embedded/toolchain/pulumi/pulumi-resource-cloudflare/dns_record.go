package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"preview-stack/local/toolchain/pulumi/internal/standin"
)

var recordType = standin.Type{
	Check: checkRecord,
	// All but the zone is updated in place, also name and type.
	Replaces:   func(input resource.PropertyKey) bool { return input == "zoneId" },
	Computed:   []resource.PropertyKey{"createdOn", "modifiedOn", "proxiable", "meta"},
	Operations: recordOperations{now: time.Now},
}

var recordTypes = []string{
	"A", "AAAA", "CAA", "CERT", "CNAME", "DNSKEY", "DS", "HTTPS", "LOC", "MX", "NAPTR", "NS", "OPENPGPKEY", "PTR",
	"SMIMEA", "SRV", "SSHFP", "SVCB", "TLSA", "TXT", "URI",
}

func checkRecord(inputs resource.PropertyMap) []plugin.CheckFailure {
	// Empty is the same as absent, as it is for the API: otherwise it would be a change after every refresh.
	for key, value := range inputs {
		empty := value.IsString() && value.StringValue() == "" ||
			value.IsArray() && len(value.ArrayValue()) == 0 ||
			value.IsObject() && len(value.ObjectValue()) == 0
		if empty {
			delete(inputs, key)
		}
	}
	if _, given := inputs["proxied"]; !given {
		inputs["proxied"] = resource.NewProperty(false)
	}

	var failures []plugin.CheckFailure
	fail := func(key resource.PropertyKey, reason string) {
		failures = append(failures, plugin.CheckFailure{Property: key, Reason: reason})
	}
	for _, key := range []resource.PropertyKey{"zoneId", "name", "type", "ttl", "content"} {
		if _, given := inputs[key]; !given {
			fail(key, "is required")
		}
	}
	if kind := inputs["type"]; kind.IsString() && !slices.Contains(recordTypes, kind.StringValue()) {
		fail("type", fmt.Sprintf("must be one of %s (received %q)", strings.Join(recordTypes, ", "), kind.StringValue()))
	}
	if ttl := inputs["ttl"]; ttl.IsNumber() {
		seconds := ttl.NumberValue()
		if seconds != 1 && (seconds < 30 || seconds > 86400) {
			fail("ttl", fmt.Sprintf("must be 1 for automatic, or between 30 and 86400 seconds (received %v)", seconds))
		}
	}
	if _, given := inputs["data"]; given {
		fail("data", "isn't supported by the local stand-in: give content, or install the official plugin")
	}
	return failures
}

// recordOperations makes the requests that the official plugin makes.
type recordOperations struct{ now func() time.Time }

func (o recordOperations) Create(
	ctx context.Context, _ resource.URN, inputs resource.PropertyMap,
) (resource.ID, resource.PropertyMap, error) {
	zone, err := openZone(inputs["zoneId"].StringValue())
	if err != nil {
		return "", nil, err
	}
	wanted, err := checkedRecord(inputs)
	if err != nil {
		return "", nil, err
	}
	created := wanted.created(o.now())
	err = zone.request(ctx, creating, "", func(records []record) ([]record, error) {
		if err := zone.refuse(creating, created, records); err != nil {
			return nil, err
		}
		return append(records, created), nil
	})
	return resource.ID(created.ID), created.state(zone.id), err
}

// Read also imports: the id is then <zone id>/<record id>.
func (o recordOperations) Read(
	ctx context.Context, id resource.ID, _, state resource.PropertyMap,
) (plugin.ReadResult, error) {
	var inZone string
	if known := state["zoneId"]; known.IsString() {
		inZone = known.StringValue()
	} else {
		zonePart, recordPart, found := strings.Cut(string(id), "/")
		if !found {
			return plugin.ReadResult{}, fmt.Errorf("import a record as <zone id>/<record id> (received %q)", id)
		}
		inZone, id = zonePart, resource.ID(recordPart)
	}
	zone, err := openZone(inZone)
	if err != nil {
		return plugin.ReadResult{}, err
	}
	found, err := zone.get(ctx, string(id))
	if isGone(err) {
		return plugin.ReadResult{}, nil
	}
	if err != nil {
		return plugin.ReadResult{}, err
	}
	return plugin.ReadResult{ID: id, Inputs: found.inputs(zone.id), Outputs: found.state(zone.id)}, nil
}

func (o recordOperations) Update(
	ctx context.Context, id resource.ID, _, inputs resource.PropertyMap,
) (resource.PropertyMap, error) {
	zone, err := openZone(inputs["zoneId"].StringValue())
	if err != nil {
		return nil, err
	}
	wanted, err := checkedRecord(inputs)
	if err != nil {
		return nil, err
	}
	var updated record
	err = zone.request(ctx, updating, string(id), func(records []record) ([]record, error) {
		at, err := zone.find(updating, string(id), records)
		if err != nil {
			return nil, err
		}
		updated = wanted.modified(records[at], o.now())
		if err := zone.refuse(updating, updated, records); err != nil {
			return nil, err
		}
		records[at] = updated
		return records, nil
	})
	return updated.state(zone.id), err
}

func (o recordOperations) Delete(ctx context.Context, id resource.ID, state resource.PropertyMap) error {
	zone, err := openZone(state["zoneId"].StringValue())
	if err != nil {
		return err
	}
	err = zone.delete(ctx, string(id))
	if isGone(err) {
		return nil
	}
	return err
}

// checkedRecord applies the rule that the official plugin applies only when it makes the request.
func checkedRecord(inputs resource.PropertyMap) (record, error) {
	wanted := recordOf(inputs)
	if wanted.Proxied && wanted.TTL != 1 {
		return record{}, errors.New("ttl must be set to 1 when `proxied` is true")
	}
	return wanted, nil
}

// get makes the request that asks for one record.
func (z zone) get(ctx context.Context, id string) (found record, err error) {
	err = z.request(ctx, reading, id, func(records []record) ([]record, error) {
		at, err := z.find(reading, id, records)
		if err == nil {
			found = records[at]
		}
		return nil, err
	})
	return found, err
}

func (z zone) delete(ctx context.Context, id string) error {
	return z.request(ctx, deleting, id, func(records []record) ([]record, error) {
		at, err := z.find(deleting, id, records)
		if err != nil {
			return nil, err
		}
		return slices.Delete(records, at, at+1), nil
	})
}

func (z zone) find(kind requestKind, id string, records []record) (int, error) {
	at := slices.IndexFunc(records, func(candidate record) bool { return candidate.ID == id })
	if at < 0 {
		return 0, z.error(kind, id, http.StatusNotFound, 81044, "Record does not exist.")
	}
	return at, nil
}

// refuse is the error for a record that can't be beside the others.
func (z zone) refuse(kind requestKind, wanted record, records []record) error {
	for _, other := range records {
		if code, message := wanted.conflict(other); code != 0 {
			return z.error(kind, "", http.StatusBadRequest, code, message)
		}
	}
	return nil
}

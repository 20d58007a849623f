package main

import (
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// record is a DNS record as Cloudflare's API shows it.
type record struct {
	ID                string         `json:"id"`
	Name              string         `json:"name"`
	Type              string         `json:"type"`
	Content           string         `json:"content"`
	TTL               float64        `json:"ttl"`
	Proxied           bool           `json:"proxied"`
	Proxiable         bool           `json:"proxiable"`
	Comment           string         `json:"comment,omitempty"`
	Priority          *float64       `json:"priority,omitempty"`
	PrivateRouting    bool           `json:"private_routing,omitempty"`
	Tags              []string       `json:"tags"`
	Settings          map[string]any `json:"settings"`
	CreatedOn         string         `json:"created_on"`
	ModifiedOn        string         `json:"modified_on"`
	CommentModifiedOn string         `json:"comment_modified_on,omitempty"`
	TagsModifiedOn    string         `json:"tags_modified_on,omitempty"`
}

// recordOf reads the checked inputs of a DnsRecord.
func recordOf(inputs resource.PropertyMap) record {
	text := func(key resource.PropertyKey) string {
		if value := inputs[key]; value.IsString() {
			return value.StringValue()
		}
		return ""
	}
	truth := func(key resource.PropertyKey) bool {
		value := inputs[key]
		return value.IsBool() && value.BoolValue()
	}
	result := record{
		Name:           text("name"),
		Type:           text("type"),
		Content:        text("content"),
		TTL:            inputs["ttl"].NumberValue(),
		Proxied:        truth("proxied"),
		Comment:        text("comment"),
		PrivateRouting: truth("privateRouting"),
		Tags:           []string{},
		Settings:       map[string]any{},
	}
	if value := inputs["priority"]; value.IsNumber() {
		priority := value.NumberValue()
		result.Priority = &priority
	}
	if value := inputs["tags"]; value.IsArray() {
		for _, tag := range value.ArrayValue() {
			result.Tags = append(result.Tags, tag.StringValue())
		}
	}
	if value := inputs["settings"]; value.IsObject() {
		result.Settings = value.ObjectValue().Mappable()
	}
	switch result.Type {
	case "A", "AAAA", "CNAME":
		result.Proxiable = true
	}
	return result
}

// inputs are those that would make this record: what isn't set, or at its default, is absent.
func (r record) inputs(zoneID string) resource.PropertyMap {
	inputs := resource.PropertyMap{
		"zoneId":  resource.NewProperty(zoneID),
		"name":    resource.NewProperty(r.Name),
		"type":    resource.NewProperty(r.Type),
		"content": resource.NewProperty(r.Content),
		"ttl":     resource.NewProperty(r.TTL),
		"proxied": resource.NewProperty(r.Proxied),
	}
	if r.Comment != "" {
		inputs["comment"] = resource.NewProperty(r.Comment)
	}
	if r.Priority != nil {
		inputs["priority"] = resource.NewProperty(*r.Priority)
	}
	if r.PrivateRouting {
		inputs["privateRouting"] = resource.NewProperty(true)
	}
	if len(r.Tags) > 0 {
		inputs["tags"] = resource.NewPropertyValue(r.Tags)
	}
	if len(r.Settings) > 0 {
		inputs["settings"] = resource.NewPropertyValue(r.Settings)
	}
	return inputs
}

// state is the inputs and what Cloudflare adds.
func (r record) state(zoneID string) resource.PropertyMap {
	state := r.inputs(zoneID)
	state["tags"] = resource.NewPropertyValue(r.Tags)
	state["settings"] = resource.NewPropertyValue(r.Settings)
	state["meta"] = resource.NewProperty("{}")
	state["proxiable"] = resource.NewProperty(r.Proxiable)
	state["createdOn"] = resource.NewProperty(r.CreatedOn)
	state["modifiedOn"] = resource.NewProperty(r.ModifiedOn)
	if r.CommentModifiedOn != "" {
		state["commentModifiedOn"] = resource.NewProperty(r.CommentModifiedOn)
	}
	if r.TagsModifiedOn != "" {
		state["tagsModifiedOn"] = resource.NewProperty(r.TagsModifiedOn)
	}
	return state
}

// created is the record as the API keeps it at first.
func (r record) created(now time.Time) record {
	r.ID = newID()
	r.CreatedOn = timestamp(now)
	return r.modified(record{}, now)
}

// modified is the record as the API keeps it after it was something else.
func (r record) modified(before record, now time.Time) record {
	if before.ID != "" {
		r.ID, r.CreatedOn = before.ID, before.CreatedOn
	}
	r.ModifiedOn = timestamp(now)
	r.CommentModifiedOn, r.TagsModifiedOn = before.CommentModifiedOn, before.TagsModifiedOn
	if r.Comment != before.Comment {
		r.CommentModifiedOn = r.ModifiedOn
	}
	if strings.Join(r.Tags, ",") != strings.Join(before.Tags, ",") {
		r.TagsModifiedOn = r.ModifiedOn
	}
	if r.Comment == "" {
		r.CommentModifiedOn = ""
	}
	if len(r.Tags) == 0 {
		r.TagsModifiedOn = ""
	}
	return r
}

// conflict is why Cloudflare refuses a record beside another, as its code and message; code 0 when it doesn't.
func (r record) conflict(other record) (code int, message string) {
	if r.ID == other.ID || canonicalName(r.Name) != canonicalName(other.Name) {
		return 0, ""
	}
	isAddress := func(record record) bool { return record.Type == "A" || record.Type == "AAAA" }
	switch {
	case r.Type == other.Type && strings.EqualFold(r.Content, other.Content):
		return 81058, "An identical record already exists."
	case r.Type == "CNAME" && (isAddress(other) || other.Type == "CNAME"):
		return 81053, "An A, AAAA, or CNAME record with that host already exists."
	case isAddress(r) && other.Type == "CNAME":
		return 81054, "A CNAME record with that host already exists."
	default:
		return 0, ""
	}
}

func canonicalName(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

func timestamp(now time.Time) string { return now.UTC().Format("2006-01-02T15:04:05.000000Z") }

// newID is one of Cloudflare's form: 32 hexadecimal digits.
func newID() string {
	id := make([]byte, 16)
	_, _ = rand.Read(id) // never fails
	return hex.EncodeToString(id)
}

package main

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/bcrypt"
)

func checked(t *testing.T, given map[string]any) resource.PropertyMap {
	t.Helper()
	inputs := resource.NewPropertyMapFromMap(given)
	if failures := checkPassword(inputs); len(failures) > 0 {
		t.Fatalf("%v: %v", given, failures)
	}
	return inputs
}

func TestPasswords(t *testing.T) {
	const upper, lower, digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
	tests := []struct {
		given   map[string]any
		allowed string
	}{
		{map[string]any{"length": 40}, upper + lower + digits + specialCharacters},
		{map[string]any{"length": 40, "special": false}, upper + lower + digits},
		{map[string]any{"length": 40, "number": false, "special": false}, upper + lower},
		{map[string]any{"length": 40, "upper": false, "lower": false, "numeric": false, "overrideSpecial": "_-"}, "_-"},
		{map[string]any{"length": 3, "minUpper": 1, "minLower": 1, "minNumeric": 1}, upper + lower + digits},
	}
	for _, test := range tests {
		inputs := checked(t, test.given)
		for range 50 {
			password, err := generatePassword(inputs)
			if err != nil {
				t.Fatal(err)
			}
			if len(password) != int(inputs["length"].NumberValue()) {
				t.Errorf("%v gave %d characters", test.given, len(password))
			}
			if other := strings.Trim(password, test.allowed); other != "" {
				t.Errorf("%v gave a password with %q", test.given, other)
			}
		}
	}
}

func TestMinimumsAreKeptAndShuffled(t *testing.T) {
	inputs := checked(t, map[string]any{"length": 8, "minNumeric": 2, "minSpecial": 2, "overrideSpecial": "#"})
	digitFirst := 0
	for range 200 {
		password, err := generatePassword(inputs)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Count(password, "#") < 2 {
			t.Fatalf("%q has fewer than two #", password)
		}
		if strings.ContainsAny(password[:1], "0123456789") {
			digitFirst++
		}
	}
	if digitFirst == 0 || digitFirst == 200 {
		t.Errorf("a digit came first %d times of 200: not shuffled", digitFirst)
	}
}

func TestPasswordDefaults(t *testing.T) {
	inputs := checked(t, map[string]any{"length": 16, "number": false})
	if inputs["numeric"].BoolValue() || !inputs["special"].BoolValue() || inputs["minLower"].NumberValue() != 0 {
		t.Errorf("got %v", inputs)
	}
}

func TestPasswordRefusals(t *testing.T) {
	for _, given := range []map[string]any{
		{},
		{"length": 0},
		{"length": 3, "minUpper": 4},
		{"length": 8, "upper": false, "lower": false, "numeric": false, "special": false},
	} {
		if failures := checkPassword(resource.NewPropertyMapFromMap(given)); len(failures) == 0 {
			t.Errorf("%v was accepted", given)
		}
	}
	unknown := resource.PropertyMap{"length": resource.MakeComputed(resource.NewProperty(""))}
	if failures := checkPassword(unknown); len(failures) > 0 {
		t.Errorf("a length that isn't known yet: %v", failures)
	}
}

func TestCreatePassword(t *testing.T) {
	id, state, err := passwordOperations{}.Create(t.Context(), "", checked(t, map[string]any{"length": 100}))
	if err != nil || id != "none" {
		t.Fatal(id, err)
	}
	password := state["result"].StringValue()
	if err := bcrypt.CompareHashAndPassword([]byte(state["bcryptHash"].StringValue()), []byte(password)[:72]); err != nil {
		t.Error(err)
	}
}

func TestCreateBytes(t *testing.T) {
	id, state, err := bytesOperations{}.Create(t.Context(), "", resource.PropertyMap{"length": resource.NewProperty(32.0)})
	if err != nil {
		t.Fatal(err)
	}
	fromBase64, _ := base64.StdEncoding.DecodeString(state["base64"].StringValue())
	fromHex, _ := hex.DecodeString(state["hex"].StringValue())
	if len(fromHex) != 32 || string(fromHex) != string(fromBase64) || string(id) != state["base64"].StringValue() {
		t.Errorf("got %s, %v", id, state)
	}
}

package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"

	"github.com/pulumi/pulumi/pkg/v3/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"golang.org/x/crypto/bcrypt"

	"preview-stack/local/toolchain/pulumi/internal/standin"
)

const specialCharacters = "!@#$%&*()-_=+[]{}<>:?"

// characterClass is a kind of character that a password may be made of, with the two inputs that govern it.
type characterClass struct {
	enabled, minimum resource.PropertyKey
	characters       string
}

var characterClasses = []characterClass{
	{"upper", "minUpper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
	{"lower", "minLower", "abcdefghijklmnopqrstuvwxyz"},
	{"numeric", "minNumeric", "0123456789"},
	{"special", "minSpecial", specialCharacters},
}

var passwordType = standin.Type{
	Check:      checkPassword,
	Replaces:   anyChange,
	Computed:   []resource.PropertyKey{"result", "bcryptHash"},
	Secret:     []resource.PropertyKey{"result", "bcryptHash"},
	Operations: passwordOperations{},
}

type passwordOperations struct{ fixed }

func checkPassword(inputs resource.PropertyMap) []plugin.CheckFailure {
	// `number` is the deprecated name of `numeric`: whichever is given counts for both.
	if _, given := inputs["numeric"]; !given {
		if number, given := inputs["number"]; given {
			inputs["numeric"] = number
		}
	}
	minimum := 0.0
	enabled := false
	for _, class := range characterClasses {
		setDefault(inputs, class.enabled, resource.NewProperty(true))
		setDefault(inputs, class.minimum, resource.NewProperty(0.0))
		if value := inputs[class.minimum]; value.IsNumber() {
			minimum += value.NumberValue()
		}
		if value := inputs[class.enabled]; !value.IsBool() || value.BoolValue() {
			enabled = true
		}
	}
	setDefault(inputs, "number", inputs["numeric"])

	failures := checkLength(inputs, max(1, minimum))
	if !enabled {
		failures = append(failures, plugin.CheckFailure{
			Property: "special", Reason: "at least one of upper, lower, numeric and special must be true",
		})
	}
	return failures
}

// checkLength requires a length of at least the minimum, if it is known yet.
func checkLength(inputs resource.PropertyMap, minimum float64) []plugin.CheckFailure {
	length := inputs["length"]
	if length.IsComputed() || length.IsNumber() && length.NumberValue() >= minimum {
		return nil
	}
	return []plugin.CheckFailure{{
		Property: "length", Reason: fmt.Sprintf("must be at least %v (received %v)", minimum, length.V),
	}}
}

func setDefault(inputs resource.PropertyMap, key resource.PropertyKey, value resource.PropertyValue) {
	if _, given := inputs[key]; !given {
		inputs[key] = value
	}
}

func (passwordOperations) Create(
	_ context.Context, _ resource.URN, inputs resource.PropertyMap,
) (resource.ID, resource.PropertyMap, error) {
	password, err := generatePassword(inputs)
	if err != nil {
		return "", nil, err
	}
	// bcrypt takes 72 bytes at most; the official plugin hashes those too.
	hash, err := bcrypt.GenerateFromPassword([]byte(password)[:min(72, len(password))], bcrypt.DefaultCost)
	if err != nil {
		return "", nil, err
	}
	state := inputs.Copy()
	state["result"] = resource.NewProperty(password)
	state["bcryptHash"] = resource.NewProperty(string(hash))
	return "none", state, nil
}

// generatePassword draws the minimum of each class, fills up from all enabled classes, and shuffles.
func generatePassword(inputs resource.PropertyMap) (string, error) {
	var all string
	var password []byte
	for _, class := range characterClasses {
		characters := class.characters
		if override, given := inputs["overrideSpecial"]; given && class.enabled == "special" {
			characters = override.StringValue()
		}
		if inputs[class.enabled].BoolValue() {
			all += characters
		}
		drawn, err := draw(characters, int(inputs[class.minimum].NumberValue()))
		if err != nil {
			return "", fmt.Errorf("%s: %w", class.minimum, err)
		}
		password = append(password, drawn...)
	}
	rest, err := draw(all, int(inputs["length"].NumberValue())-len(password))
	if err != nil {
		return "", err
	}
	password = append(password, rest...)
	for i := len(password) - 1; i > 0; i-- {
		j := below(i + 1)
		password[i], password[j] = password[j], password[i]
	}
	return string(password), nil
}

func draw(characters string, count int) ([]byte, error) {
	if count > 0 && characters == "" {
		return nil, errors.New("there are no characters to choose from")
	}
	drawn := make([]byte, count)
	for i := range drawn {
		drawn[i] = characters[below(len(characters))]
	}
	return drawn, nil
}

// below is a uniformly random number of 0 to limit-1 from the system's generator.
func below(limit int) int {
	number, err := rand.Int(rand.Reader, big.NewInt(int64(limit)))
	if err != nil {
		panic(err) // crypto/rand never fails on Linux
	}
	return int(number.Int64())
}

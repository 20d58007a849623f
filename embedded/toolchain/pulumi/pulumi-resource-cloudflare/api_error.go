package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// apiError is an answer of Cloudflare's API that isn't a success.
type apiError struct {
	method, path string
	status       int
	code         int
	message      string
}

// Error is worded as the official plugin words it: the request, the status, the body.
func (e *apiError) Error() string {
	message, _ := json.Marshal(e.message)
	return fmt.Sprintf("failed to make http request: %s %q: %d %s "+
		`{"result":null,"success":false,"errors":[{"code":%d,"message":%s}],"messages":[]}`,
		e.method, e.path, e.status, http.StatusText(e.status), e.code, message)
}

func isGone(err error) bool {
	var answer *apiError
	return errors.As(err, &answer) && answer.status == http.StatusNotFound
}

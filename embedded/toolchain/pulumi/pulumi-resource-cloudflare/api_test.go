package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

const testToken = "a-token"

// reply is the envelope that every answer comes in.
type reply struct {
	status  int
	Success bool
	Errors  []struct {
		Code    int
		Message string
	}
	Result     json.RawMessage
	ResultInfo *pageInfo `json:"result_info"`
}

func askAPI(t *testing.T, method, path string, authorization ...string) reply {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "/client/v4"+path, nil)
	request.Header.Set("Authorization", "Bearer "+testToken)
	if len(authorization) > 0 {
		request.Header.Set("Authorization", authorization[0])
	}
	recorder := httptest.NewRecorder()
	newAPI(testToken).ServeHTTP(recorder, request)
	answer := reply{status: recorder.Code}
	if err := json.Unmarshal(recorder.Body.Bytes(), &answer); err != nil {
		t.Fatalf("%s: %v", recorder.Body, err)
	}
	return answer
}

func expectError(t *testing.T, answer reply, status, code int) {
	t.Helper()
	if answer.Success || answer.status != status || len(answer.Errors) != 1 || answer.Errors[0].Code != code {
		t.Errorf("got %d %+v, want %d with code %d", answer.status, answer.Errors, status, code)
	}
}

const recordsPath = "/zones/" + testZone + "/dns_records"

func TestAPIShowsWhatThePluginKeeps(t *testing.T) {
	inFolder(t)
	id, _ := create(t, map[string]any{"comment": "ours"})
	var listed []record
	answer := askAPI(t, http.MethodGet, recordsPath)
	if err := json.Unmarshal(answer.Result, &listed); err != nil || len(listed) != 1 || listed[0].ID != string(id) {
		t.Fatalf("listed %s, %v", answer.Result, err)
	}
	var found record
	answer = askAPI(t, http.MethodGet, recordsPath+"/"+string(id))
	if err := json.Unmarshal(answer.Result, &found); err != nil || found.Comment != "ours" {
		t.Errorf("found %s, %v", answer.Result, err)
	}
	if answer := askAPI(t, http.MethodDelete, recordsPath+"/"+string(id)); !answer.Success {
		t.Errorf("deletion: %+v", answer)
	}
	expectError(t, askAPI(t, http.MethodDelete, recordsPath+"/"+string(id)), 404, 81044)
	expectError(t, askAPI(t, http.MethodGet, recordsPath+"/"+string(id)), 404, 81044)
	if read, err := operations.Read(t.Context(), id, nil, wanted(nil)); err != nil || read.ID != "" {
		t.Errorf("the plugin still sees it: %v, %v", read, err)
	}
}

func TestAPIPagesAndFilters(t *testing.T) {
	inFolder(t)
	for number := range 5 {
		create(t, map[string]any{"name": fmt.Sprintf("pr-%d.example.com", number), "comment": "Ours: x"})
	}
	create(t, map[string]any{"name": "other.example.com", "comment": "theirs"})

	for page, want := range map[int]int{1: 2, 2: 2, 3: 1, 4: 0} {
		answer := askAPI(t, http.MethodGet, fmt.Sprintf("%s?comment.startswith=ours:&per_page=2&page=%d", recordsPath, page))
		var listed []record
		if err := json.Unmarshal(answer.Result, &listed); err != nil || listed == nil || len(listed) != want {
			t.Errorf("page %d: %s, %v", page, answer.Result, err)
		}
		if info := *answer.ResultInfo; info != (pageInfo{page, 2, want, 5, 3}) {
			t.Errorf("page %d: %+v", page, info)
		}
	}
}

func TestAPIFindsANameWhoeverMadeIt(t *testing.T) {
	inFolder(t)
	create(t, map[string]any{"name": "pr-1.example.com"})
	create(t, map[string]any{"name": "pr-11.example.com"})
	answer := askAPI(t, http.MethodGet, recordsPath+"?name.exact=PR-1.example.com")
	var listed []record
	if err := json.Unmarshal(answer.Result, &listed); err != nil || len(listed) != 1 || listed[0].Name != "pr-1.example.com" {
		t.Errorf("found %s, %v", answer.Result, err)
	}
}

func TestAPIRefuses(t *testing.T) {
	inFolder(t)
	expectError(t, askAPI(t, http.MethodGet, recordsPath, "Bearer another"), 403, 10000)
	expectError(t, askAPI(t, http.MethodDelete, recordsPath+"/x", "Bearer another"), 403, 10000)
	expectError(t, askAPI(t, http.MethodGet, recordsPath, ""), 400, 6003)
	expectError(t, askAPI(t, http.MethodGet, "/zones/x/dns_records"), 400, 7003)
	expectError(t, askAPI(t, http.MethodGet, "/zones/..%2Fx/dns_records"), 400, 7003)
	expectError(t, askAPI(t, http.MethodGet, "/zones"), 400, 7000)
	expectError(t, askAPI(t, http.MethodPost, recordsPath), 400, 7000)
	expectError(t, askAPI(t, http.MethodGet, recordsPath+"?tag.exact=a"), 400, 9207)
	expectError(t, askAPI(t, http.MethodGet, recordsPath+"?page=0"), 400, 9207)
	if answer := askAPI(t, http.MethodGet, "/user/tokens/verify"); !answer.Success {
		t.Errorf("its own token: %+v", answer)
	}
}

func TestAPISuffersFaults(t *testing.T) {
	folder := inFolder(t)
	faults := `[{"on": "list", "status": 503, "code": 1, "times": 1}, {"on": "delete", "status": 409, "code": 2}]`
	if err := os.WriteFile(filepath.Join(folder, testZone+".faults.json"), []byte(faults), 0o644); err != nil {
		t.Fatal(err)
	}
	expectError(t, askAPI(t, http.MethodGet, recordsPath), 503, 1)
	if answer := askAPI(t, http.MethodGet, recordsPath); !answer.Success {
		t.Errorf("after the fault: %+v", answer)
	}
	expectError(t, askAPI(t, http.MethodDelete, recordsPath+"/x"), 409, 2)
}

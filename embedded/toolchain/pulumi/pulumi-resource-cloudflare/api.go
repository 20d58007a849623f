package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"
)

// tokenVariable names the environment variable that holds the one token that the API takes, as it does for its clients.
const tokenVariable = "CLOUDFLARE_API_TOKEN"

// serveAPI serves the zones' files as Cloudflare's API v4 serves its zones
// (https://developers.cloudflare.com/api/resources/dns/subresources/records/): list, get and delete records, verify the
// token. What it doesn't know it refuses. It ends with an error only.
func serveAPI(address string) error {
	token := os.Getenv(tokenVariable)
	if token == "" || os.Getenv(folderVariable) == "" {
		return fmt.Errorf("serve-api needs %s and %s", folderVariable, tokenVariable)
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("local stand-in for Cloudflare's API: http://%s/client/v4\n", listener.Addr())
	server := &http.Server{Handler: newAPI(token), ReadHeaderTimeout: 10 * time.Second}
	return server.Serve(listener)
}

// endpoint answers a request with its result, and for a list what Cloudflare tells about the page.
type endpoint func(*http.Request) (result any, info *pageInfo, err error)

type pageInfo struct {
	Page       int `json:"page"`
	PerPage    int `json:"per_page"`
	Count      int `json:"count"`
	TotalCount int `json:"total_count"`
	TotalPages int `json:"total_pages"`
}

func newAPI(token string) http.Handler {
	routes := http.NewServeMux()
	handle := func(pattern string, answer endpoint) {
		routes.HandleFunc(pattern, func(writer http.ResponseWriter, request *http.Request) {
			if err := authorize(request, token); err != nil {
				respond(writer, nil, nil, err)
				return
			}
			result, info, err := answer(request)
			respond(writer, result, info, err)
		})
	}
	handle("GET /client/v4/user/tokens/verify", verifyToken)
	handle("GET /client/v4/zones/{zone}/dns_records", listRecords)
	handle("GET /client/v4/zones/{zone}/dns_records/{record}", getRecord)
	handle("DELETE /client/v4/zones/{zone}/dns_records/{record}", deleteRecord)
	handle("/", noRoute)
	return routes
}

// authorize refuses a request as Cloudflare does: 400 where there is no token, 403 where it is another.
func authorize(request *http.Request, token string) error {
	given, isBearer := strings.CutPrefix(request.Header.Get("Authorization"), "Bearer ")
	switch {
	case !isBearer || given == "":
		return refusal(request, http.StatusBadRequest, 6003, "Invalid request headers")
	case given != token:
		return refusal(request, http.StatusForbidden, 10000, "Authentication error")
	default:
		return nil
	}
}

func verifyToken(*http.Request) (any, *pageInfo, error) {
	return map[string]string{"id": strings.Repeat("0", 32), "status": "active"}, nil, nil
}

func listRecords(request *http.Request) (any, *pageInfo, error) {
	query, err := parseListQuery(request)
	if err != nil {
		return nil, nil, err
	}
	zone, err := openZone(request.PathValue("zone"))
	if err != nil {
		return nil, nil, err
	}
	var found []record
	err = zone.request(request.Context(), listing, "", func(records []record) ([]record, error) {
		found = slices.DeleteFunc(records, func(candidate record) bool { return !query.matches(candidate) })
		return nil, nil
	})
	page, info := query.page(found)
	return page, info, err
}

func getRecord(request *http.Request) (any, *pageInfo, error) {
	zone, err := openZone(request.PathValue("zone"))
	if err != nil {
		return nil, nil, err
	}
	found, err := zone.get(request.Context(), request.PathValue("record"))
	return found, nil, err
}

func deleteRecord(request *http.Request) (any, *pageInfo, error) {
	zone, err := openZone(request.PathValue("zone"))
	if err != nil {
		return nil, nil, err
	}
	id := request.PathValue("record")
	return map[string]string{"id": id}, nil, zone.delete(request.Context(), id)
}

func noRoute(request *http.Request) (any, *pageInfo, error) {
	return nil, nil, refusal(request, http.StatusBadRequest, 7000, "No route for that URI")
}

// listQuery is what of a list is wanted. Cloudflare knows more filters.
type listQuery struct {
	commentStart    string
	name            string // "" for any
	number, perPage int
}

func parseListQuery(request *http.Request) (listQuery, error) {
	query := listQuery{number: 1, perPage: 100}
	for name, values := range request.URL.Query() {
		if err := query.set(name, values[0]); err != nil {
			return query, refusal(request, http.StatusBadRequest, 9207, err.Error())
		}
	}
	return query, nil
}

func (q *listQuery) set(name, value string) (err error) {
	switch name {
	case "comment.startswith":
		q.commentStart = value
	case "name.exact":
		q.name = value
	case "page":
		q.number, err = positive(name, value)
	case "per_page":
		q.perPage, err = positive(name, value)
	default:
		err = fmt.Errorf("%s isn't known to this local stand-in", name)
	}
	return err
}

func positive(name, value string) (int, error) {
	number, err := strconv.Atoi(value)
	if err != nil || number < 1 || number > 5_000_000 {
		return 0, fmt.Errorf("%s must be a number from 1 to 5000000", name)
	}
	return number, nil
}

// matches filters without regard to case, as Cloudflare does.
func (q listQuery) matches(candidate record) bool {
	return strings.HasPrefix(strings.ToLower(candidate.Comment), strings.ToLower(q.commentStart)) &&
		(q.name == "" || strings.EqualFold(candidate.Name, q.name))
}

func (q listQuery) page(records []record) ([]record, *pageInfo) {
	start := min((q.number-1)*q.perPage, len(records))
	page := append([]record{}, records[start:min(start+q.perPage, len(records))]...) // [] rather than null
	return page, &pageInfo{
		Page: q.number, PerPage: q.perPage, Count: len(page),
		TotalCount: len(records), TotalPages: (len(records) + q.perPage - 1) / q.perPage,
	}
}

func refusal(request *http.Request, status, code int, message string) error {
	return &apiError{method: request.Method, path: request.URL.Path, status: status, code: code, message: message}
}

// respond writes Cloudflare's envelope, and says what this is.
func respond(writer http.ResponseWriter, result any, info *pageInfo, err error) {
	status, problems := http.StatusOK, []map[string]any{}
	if err != nil {
		var refused *apiError
		if !errors.As(err, &refused) {
			refused = &apiError{status: http.StatusInternalServerError, message: err.Error()}
		}
		status, result, info = refused.status, nil, nil
		problems = append(problems, map[string]any{"code": refused.code, "message": refused.message})
	}
	writer.Header().Set("Content-Type", "application/json")
	writer.Header().Set("Server", "local stand-in for Cloudflare's API")
	writer.WriteHeader(status)
	envelope := map[string]any{"success": err == nil, "errors": problems, "messages": []any{}, "result": result}
	if info != nil {
		envelope["result_info"] = info
	}
	_ = json.NewEncoder(writer).Encode(envelope) // a client that went away needs no answer
}

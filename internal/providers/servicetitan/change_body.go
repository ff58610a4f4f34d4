package servicetitan

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"strings"
	"time"

	"lazilabs.com/lazi/internal/domain"
)

// application is LAZI's id among the applications that mark records in ServiceTitan. It never changes.
const application = "6f1d0a52-4c0e-4b0a-9a5b-1c7e9a3d2b64"

// markKey is the key that LAZI's mark stands under.
const markKey = "lazi-request"

// customary are members that ServiceTitan calls otherwise than the graph, by the graph's names.
var customary = map[string]string{"postalCode": "zip", "tagIds": "tagTypeIds", "tagId": "tagTypeId", "typeId": "jobTypeId"}

// windows are spans that ServiceTitan has as two members.
var windows = map[string][2]string{"scheduled": {"start", "end"}, "arrivalWindow": {"arrivalWindowStart", "arrivalWindowEnd"}}

// external is what a record is marked with that a claim makes.
func external(c domain.Claim) map[string]any {
	return map[string]any{"applicationGuid": application, "externalData": []any{map[string]any{"key": markKey, "value": mark(c)}}}
}

// bodyOf makes ServiceTitan's body of an input. The id that names the target stays out of it, unless the path does not hold it.
func bodyOf(act *domain.Act, input map[string]any) map[string]any {
	body := members(act, input)
	if act.ID != "" && strings.Contains(act.Path, "{st_id}") {
		delete(body, nameOfMember(act, act.ID))
	}
	maps.Copy(body, act.Fixed)
	return body
}

func nameOfMember(act *domain.Act, name string) string {
	if own, ok := act.Names[name]; ok {
		return own
	}
	if usual, ok := customary[name]; ok {
		return usual
	}
	return name
}

// members are those of an input, by ServiceTitan's names and in JSON's values.
func members(act *domain.Act, input map[string]any) map[string]any {
	out := make(map[string]any, len(input))
	for name, v := range input {
		pair, isWindow := windows[name]
		if !isWindow {
			out[nameOfMember(act, name)] = value(act, v)
			continue
		}
		out[pair[0]], out[pair[1]] = nil, nil
		if w, ok := windowOf(v); ok {
			out[pair[0]], out[pair[1]] = instant(w.Start), instant(w.End)
		}
	}
	return out
}

func windowOf(v any) (domain.TimeWindow, bool) {
	switch w := v.(type) {
	case *domain.TimeWindow:
		if w != nil {
			return *w, true
		}
	case domain.TimeWindow:
		return w, true
	}
	return domain.TimeWindow{}, false
}

func instant(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// value is a value of an input as JSON has it.
func value(act *domain.Act, v any) any {
	switch v := v.(type) {
	case domain.GlobalID:
		return v.ID
	case domain.BigInt:
		return int64(v)
	case domain.Decimal:
		return json.Number(v)
	case time.Time:
		return instant(v)
	case time.Duration:
		return timeSpan(v)
	case map[string]any:
		if v == nil {
			return nil
		}
		return members(act, v)
	}
	r := reflect.ValueOf(v)
	switch r.Kind() { //nolint:exhaustive // the others are JSON's own
	case reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return value(act, r.Elem().Interface())
	case reflect.Slice:
		out := make([]any, r.Len())
		for i := range out {
			out[i] = value(act, r.Index(i).Interface())
		}
		return out
	case reflect.String:
		return r.String()
	}
	return v
}

// each are the elements of a list, or a value alone, without pointers.
func each(v any) []any {
	r := reflect.ValueOf(v)
	switch r.Kind() { //nolint:exhaustive // others stand alone
	case reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return each(r.Elem().Interface())
	case reflect.Slice:
		var out []any
		for i := range r.Len() {
			out = append(out, each(r.Index(i).Interface())...)
		}
		return out
	case reflect.Invalid:
		return nil
	}
	return []any{v}
}

// timeSpan writes a length of time as .NET reads it: [days.]hours:minutes:seconds.
func timeSpan(d time.Duration) string {
	seconds := int64(d.Seconds())
	days := ""
	if n := seconds / 86400; n > 0 {
		days = fmt.Sprintf("%d.", n)
	}
	return fmt.Sprintf("%s%02d:%02d:%02d", days, seconds/3600%24, seconds/60%60, seconds%60)
}

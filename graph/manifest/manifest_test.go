package manifest_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"lazilabs.com/lazi/graph/manifest"
)

func TestWrite_isReadBack(t *testing.T) {
	t.Parallel()
	d := manifest.Of("Me", "query", "query Me { viewer { role } } # <&>")
	var b bytes.Buffer
	if err := manifest.Write(&b, []manifest.Document{d}); err != nil {
		t.Fatal(err)
	}
	got, err := manifest.Read(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(manifest.Documents{d.ID: d}, got); diff != "" {
		t.Errorf("documents (-want +got):\n%s", diff)
	}
}

func TestRead_refusesWhatIsNoManifest(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"no JSON":         `{"a"`,
		"a list":          `["{ viewer { role } }"]`,
		"no documents":    `{}`,
		"another format":  `{"format":"other","version":1,"operations":[{"id":"a","body":"b"}]}`,
		"another version": `{"format":"apollo-persisted-query-manifest","version":2,"operations":[{"id":"a","body":"b"}]}`,
		"no text":         `{"a":""}`,
		"no id":           `{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"body":"b"}]}`,
		"an id twice":     `{"format":"apollo-persisted-query-manifest","version":1,"operations":[{"id":"a","body":"b"},{"id":"a","body":"c"}]}`,
	} {
		if all, err := manifest.Read([]byte(text)); err == nil {
			t.Errorf("%s: %v", name, all)
		}
	}
}

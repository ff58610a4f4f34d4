package domain_test

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"errors"
	"math"
	"testing"

	"lazilabs.com/lazi/internal/domain"
)

func TestPlace_comesBack(t *testing.T) {
	t.Parallel()
	for _, want := range []domain.Place{
		{XID: 0, Seq: 1, Records: 1}, {XID: 731, Seq: 12, Records: 5000}, {XID: math.MaxUint64, Seq: math.MaxInt64, Records: math.MaxInt32},
	} {
		got, err := domain.ParsePlace(want.String())
		if err != nil || got != want {
			t.Errorf("%+v comes back as %+v, %v", want, got, err)
		}
	}
}

func TestParsePlace_refusesWhatStringDidNotMake(t *testing.T) {
	t.Parallel()
	encode := base64.RawURLEncoding.EncodeToString
	for _, token := range []string{
		"", "7", "!", "1:2:3:4", encode(nil), encode([]byte("1:2:3")), encode([]byte("2:2:3:4")), encode([]byte("1:2:3:4:5")),
		encode([]byte("1:-2:3:4")), encode([]byte("1:2:0:4")), encode([]byte("1:2:3:0")), encode([]byte("1: 2:3:4")), encode([]byte("1:02:3:4")),
		encode([]byte("1:2:3:4\n")), encode([]byte("1:99999999999999999999:3:4")), encode([]byte("1:2:3:4")) + "=",
		encode([]byte{0xff, 0xfe}),
	} {
		if got, err := domain.ParsePlace(token); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%q is read as %+v, %v", token, got, err)
		}
	}
}

func FuzzParsePlace(f *testing.F) {
	f.Add("MTo3MzE6MTI6MQ")
	f.Fuzz(func(t *testing.T, token string) {
		if p, err := domain.ParsePlace(token); err == nil && p.String() != token {
			t.Errorf("%q is read as %+v, whose token is %q", token, p, p.String())
		}
	})
}

func TestPlace_ordersByEntryThenRecord(t *testing.T) {
	t.Parallel()
	places := []domain.Place{{XID: 1, Seq: 9, Records: 9}, {XID: 2, Seq: 1, Records: 9}, {XID: 2, Seq: 2, Records: 1}, {XID: 2, Seq: 2, Records: 2}}
	for i, p := range places {
		for j, o := range places {
			if got, want := p.Compare(o), cmp.Compare(i, j); got != want {
				t.Errorf("%+v against %+v: %d, want %d", p, o, got, want)
			}
		}
	}
}

func TestDate_isADayOfTheCalendar(t *testing.T) {
	t.Parallel()
	var d domain.Date
	if err := d.UnmarshalGQL("2026-03-11"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	d.MarshalGQL(&b)
	if b.String() != `"2026-03-11"` {
		t.Errorf("it comes back as %s", &b)
	}
	for _, wrong := range []any{"", "2026-02-29", "2026-3-1", "2026-03-11T00:00:00Z", 20260311, nil} {
		if err := d.UnmarshalGQL(wrong); !errors.Is(err, domain.ErrInvalid) {
			t.Errorf("%v is a date: %v", wrong, err)
		}
	}
}

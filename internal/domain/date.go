package domain

import (
	"io"
	"time"
)

// Date is a day of the calendar, midnight UTC: which instants it covers is a matter of the time zone.
type Date struct{ time.Time }

// MarshalGQL writes the date.
func (d Date) MarshalGQL(w io.Writer) { _, _ = io.WriteString(w, `"`+d.Format(time.DateOnly)+`"`) }

// UnmarshalGQL reads a date.
func (d *Date) UnmarshalGQL(v any) error {
	s, _ := v.(string)
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Invalid("value", "%.40q is not a date: 2026-03-11", s)
	}
	d.Time = t
	return nil
}

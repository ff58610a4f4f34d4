package simulator

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lasting reads a span of time as .NET writes it: days.hours:minutes:seconds.fraction, the days and the seconds optional.
func lasting(text string) time.Duration {
	clock, negative := strings.CutPrefix(text, "-")
	days := "0"
	if at := strings.IndexByte(clock, '.'); at >= 0 && at < strings.IndexByte(clock, ':') {
		days, clock = clock[:at], clock[at+1:]
	}
	parts := append(strings.Split(clock, ":"), "0")
	n, _ := strconv.ParseInt(days, 10, 32)
	d, _ := time.ParseDuration(parts[0] + "h" + parts[1] + "m" + parts[2] + "s")
	d += time.Duration(n) * 24 * time.Hour
	if negative {
		d = -d
	}
	return d
}

// promised refuses an arrival window that is none.
func (w *writing) promised() error {
	start, length := lasting(plain(w.body["start"])), lasting(plain(w.body["duration"]))
	switch {
	case start < 0 || start >= 24*time.Hour:
		return invalid("start", "The start must be a time of the day.")
	case length <= 0:
		return invalid("duration", "The duration must be positive.")
	}
	return w.references(map[string]string{"businessUnitIds": "BusinessUnit"})
}

func createWindow(w *writing) (any, error) {
	if err := w.promised(); err != nil {
		return nil, err
	}
	return w.make("ArrivalWindow", nil), nil
}

func updateWindow(w *writing) (any, error) {
	t, r, err := w.target("ArrivalWindow")
	if err == nil {
		err = w.promised()
	}
	if err != nil {
		return nil, err
	}
	w.edit(t, r)
	return r, nil
}

func activate(w *writing) (any, error) {
	t, r, err := w.target("ArrivalWindow")
	if err != nil {
		return nil, err
	}
	w.put(t, r, map[string]any{"active": w.body["isActive"]})
	return none{}, nil
}

// setHours replaces the business hours.
func setHours(w *writing) (any, error) {
	for _, f := range w.op.Body {
		spans, _ := w.body[f.Name].([]any)
		for i, v := range spans {
			o, _ := v.(object)
			from, _ := o.get("fromHour").(int64)
			to, _ := o.get("toHour").(int64)
			if from < 0 || to > 24 || from >= to {
				return nil, invalid(fmt.Sprintf("%s[%d]", f.Name, i), "The hours must be a span of one day.")
			}
		}
	}
	t := w.c.tables["BusinessHour"]
	w.edit(t, t.rows[0])
	return t.rows[0], nil
}

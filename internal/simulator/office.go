package simulator

import "fmt"

// reasons are why jobs are called off or wait; the last one of each is not used any more.
var reasons = []struct {
	entity string
	names  []string
}{
	{"JobCancelReason", []string{"Changed mind", "Found another company", "Duplicate", "Weather", "No longer offered"}},
	{"JobHoldReason", []string{"Waiting for parts", "Waiting for approval", "Permit", "Strike"}},
}

// office makes what the office has set up once: reasons, when customers may be promised a visit, and when the phone is answered.
func (g *generator) office() {
	for _, of := range reasons {
		for i, name := range of.names {
			g.put(g.dice(of.entity, i), of.entity, g.id(), map[string]any{"name": "Sample " + name, "active": i < len(of.names)-1})
		}
	}
	for i := range 4 {
		d := g.dice("ArrivalWindow", i)
		g.put(d, "ArrivalWindow", g.id(), map[string]any{
			"start": fmt.Sprintf("%02d:00:00", 8+2*i), "duration": "02:00:00", "businessUnitIds": g.some(d, "BusinessUnit", 2), "active": i < 3,
		})
	}
	g.put(g.dice("BusinessHour", 0), "BusinessHour", g.id(), map[string]any{
		"weekdays": []any{span(8, 12), span(13, 17)}, "saturday": []any{span(9, 12)}, "sunday": []any{},
	})
}

func span(from, to int64) object { return object{{"fromHour", from}, {"toHour", to}} }

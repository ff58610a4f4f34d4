package simulator

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// generate makes a company's records: settings and people first, then what refers to them. Each record is a function
// of the seed, the tenant and its place alone.
func generate(c *company, seed uint64, anchor time.Time) {
	g := &generator{company: c, seed: seed, anchor: anchor, made: map[string][]int64{}}
	g.settings()
	g.people()
	g.customers()
	g.pricebook()
	g.projects()
	g.work()
	g.estimates()
	g.installed()
	g.payments()
	g.details()
	g.technicianTime() // from here on, no other record's id or content depends on it
	g.office()
}

// generator makes records and remembers the ids of those that others refer to.
type generator struct {
	*company
	seed   uint64
	anchor time.Time
	made   map[string][]int64
}

// dice are the random choices of one record.
type dice struct{ *rand.Rand }

func (g *generator) dice(entity string, i int) dice {
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, entity, "/", g.ID)
	return dice{rand.New(rand.NewPCG(g.seed^h.Sum64(), uint64(i)+1))}
}

// one in n.
func (d dice) one(n int) bool { return d.IntN(n) == 0 }

// percent of the time.
func (d dice) percent(p int) bool { return d.IntN(100) < p }

func pick[T any](d dice, from []T) T { return from[d.IntN(len(from))] }

// ref picks the id of a record made before; 0 when there is none.
func (g *generator) ref(d dice, entity string) int64 {
	if len(g.made[entity]) == 0 {
		return 0
	}
	return pick(d, g.made[entity])
}

// put makes a record with the times and the activity that all entities have.
func (g *generator) put(d dice, entity string, id int64, given map[string]any) *record {
	t := g.tables[entity]
	has := func(field string) bool { _, ok := t.index[field]; return ok }
	if _, ok := given["createdOn"]; !ok && has("createdOn") {
		given["createdOn"] = g.ago(d, 1200)
	}
	if _, ok := given["modifiedOn"]; !ok && has("modifiedOn") {
		made, _ := given["createdOn"].(moment)
		given["modifiedOn"] = laterOf(made, g.ago(d, 300))
	}
	if has("createdById") && given["createdById"] == nil {
		given["createdById"] = int64(1 + d.IntN(40))
	}
	g.made[entity] = append(g.made[entity], id)
	return t.add(id, given)
}

// ago is a time in the days before the anchor, with .NET's seven decimals or fewer.
func (g *generator) ago(d dice, days int) moment {
	t := g.anchor.Add(-time.Hour - time.Duration(d.Int64N(int64(days)*int64(24*time.Hour))))
	switch d.IntN(4) {
	case 0:
		t = t.Truncate(time.Second)
	case 1:
		t = t.Truncate(time.Millisecond)
	default:
		t = t.Truncate(100 * time.Nanosecond)
	}
	return moment(t)
}

func laterOf(a, b moment) moment {
	if time.Time(a).After(time.Time(b)) {
		return a
	}
	return b
}

// yearOne is what the API gives for records that were imported.
var yearOne = moment(time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC))

// imported makes some records look as if they came from another system.
func imported(d dice, share int, given map[string]any) {
	if d.percent(share) {
		given["createdOn"], given["createdById"] = yearOne, int64(-d.IntN(2))
	}
}

// some picks up to n different ids of records made before.
func (g *generator) some(d dice, entity string, n int) []any {
	out := []any{}
	seen := map[int64]bool{}
	for range n {
		if id := g.ref(d, entity); id != 0 && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// tags gives most records none.
func (g *generator) tags(d dice) []any { return g.some(d, "TagType", max(d.IntN(6)-2, 0)) }

// reference is an object with an id and a name, as accounting has them.
func reference(id int64, name string) any {
	if id == 0 {
		return nil
	}
	return object{{"id", id}, {"name", name}}
}

func optional[T any](d dice, percent int, v T) any {
	if d.percent(percent) {
		return v
	}
	return nil
}

package servicetitan

import (
	"time"

	"github.com/maypok86/otter/v2"

	"lazilabs.com/lazi/internal/domain"
)

// maxAbsences bounds the memory for records that do not exist: a few megabytes.
const maxAbsences = 50_000

// absences remembers for a short time which records ServiceTitan does not know and which lists were just filled.
// Nothing of this is stored.
type absences struct {
	seen *otter.Cache[flightKey, struct{}]
}

func newAbsences(ttl time.Duration) *absences {
	return &absences{otter.Must(&otter.Options[flightKey, struct{}]{
		MaximumSize: maxAbsences, ExpiryCalculator: otter.ExpiryWriting[flightKey, struct{}](ttl),
	})}
}

func (a *absences) note(k flightKey) { a.seen.Set(k, struct{}{}) }

func (a *absences) has(k flightKey) bool {
	_, ok := a.seen.GetIfPresent(k)
	return ok
}

// without drops the ids of records that are known not to exist.
func (a *absences) without(tenant domain.TenantID, k *domain.Kind, ids []int64) []int64 {
	var out []int64
	for _, id := range ids {
		if !a.has(flightKey{tenant: tenant, kind: k, id: id}) {
			out = append(out, id)
		}
	}
	return out
}

package simulator

import (
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Settings say what goes wrong. The zero value is a ServiceTitan in good health.
type Settings struct {
	// Rate is how many calls a second one tenant may make; 0 means no limit. The real API allows 60.
	Rate int `json:"rate"`
	// RetryAfter says how a 429 tells when to come back: "seconds", "date", or "" for the title alone.
	RetryAfter string `json:"retryAfter"`
	// RetrySeconds is the time a 429 names at least; 1 when zero.
	RetrySeconds int `json:"retrySeconds"`
	// Path limits the faults below to paths that contain it; empty means all.
	Path string `json:"path"`
	// Next limits them to the next so many calls, after which they are switched off; 0 and below mean all calls.
	Next int `json:"next"`
	// Probability limits them to a share of calls, 0 to 1; 0 means all.
	Probability float64 `json:"probability"`
	// Status answers with 403, 429, 500, 502, 503 or 504.
	Status int `json:"status"`
	// HTML answers with a page instead of JSON, with Status or 200.
	HTML bool `json:"html"`
	// Truncate cuts the right answer in the middle.
	Truncate bool `json:"truncate"`
	// Drop closes the connection without an answer.
	Drop bool `json:"drop"`
	// Delay makes answers slow, in real time.
	Delay time.Duration `json:"delay"`
	// Writes limits the faults above and below to calls that change something.
	Writes bool `json:"writes"`
	// Lose does what a write asks for first: the faults above strike then, and without any the connection is closed without
	// an answer.
	Lose bool `json:"lose"`
	// Silent answers a write as if it were done, and does nothing.
	Silent bool `json:"silent"`
	// TokenThrottle refuses the next so many token requests with 429.
	TokenThrottle int `json:"tokenThrottle"`
	// TokenLife ends tokens earlier than they promise; 0 means the 900 seconds that they do promise.
	TokenLife time.Duration `json:"tokenLife"`
	// NotLinkedStatus is the answer for a tenant that the app does not serve: 403 (default), 404 or 401.
	NotLinkedStatus int `json:"notLinkedStatus"`
	// LostScopes are entities that answer 403 "Scope validation failed".
	LostScopes []string `json:"lostScopes"`
	// Duplicates repeats rows of export feeds, and Disorder swaps neighbours.
	Duplicates bool `json:"duplicates"`
	Disorder   bool `json:"disorder"`
	// Drift adds a field, and enum values in some rows, that no document names.
	Drift bool `json:"drift"`
	// Moving changes data while a list is read: with each page but the first, one more record appears and the first
	// one is modified.
	Moving bool `json:"moving"`
	// ReadLag is for how long lists go on showing what was before a change.
	ReadLag time.Duration `json:"readLag"`
	// Skew moves the times that changes are stamped with away from the clock.
	Skew time.Duration `json:"skew"`
	// Burst stamps changes with the full minute, so that many have the same time.
	Burst bool `json:"burst"`
}

// Faults are the settings, changed while the simulator runs.
type Faults struct {
	mu   sync.Mutex
	set  Settings
	rng  *rand.Rand
	used map[int64][]time.Time
}

func newFaults(seed uint64) *Faults {
	return &Faults{rng: rand.New(rand.NewPCG(seed, 0xfa17)), used: map[int64][]time.Time{}}
}

// Set replaces the settings.
func (f *Faults) Set(s Settings) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.set = s
}

// Get returns the settings.
func (f *Faults) Get() Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.set
}

// strikes decides whether a call is hit.
func (f *Faults) strikes(method, path string) (Settings, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s := f.set
	writes := method != http.MethodGet
	harmless := s.Status == 0 && !s.HTML && !s.Truncate && !s.Drop && s.Delay == 0 && (!writes || !s.Lose && !s.Silent)
	if harmless || s.Writes && !writes || !strings.Contains(path, s.Path) || s.Probability > 0 && f.rng.Float64() >= s.Probability {
		return s, false
	}
	if f.set.Next--; f.set.Next == 0 {
		f.set.Status, f.set.HTML, f.set.Truncate, f.set.Drop, f.set.Delay = 0, false, false, false, 0
		f.set.Lose, f.set.Silent = false, false
	}
	f.set.Next = max(f.set.Next, 0)
	return s, true
}

// tokenLife is how long the tokens that are given now will open the API.
func (f *Faults) tokenLife() time.Duration {
	if life := f.Get().TokenLife; life > 0 {
		return life
	}
	return tokenTTL
}

// stamp is the time that a change made now is given in the record.
func (s Settings) stamp(now time.Time) time.Time {
	if s.Burst {
		now = now.Truncate(time.Minute)
	}
	return now.Add(s.Skew)
}

// takeToken tells whether a token request is refused.
func (f *Faults) takeToken() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.set.TokenThrottle == 0 {
		return false
	}
	f.set.TokenThrottle--
	return true
}

// spent tells whether a tenant's budget of this second is gone, and uses a call of it otherwise.
func (f *Faults) spent(tenant int64, now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.set.Rate == 0 {
		return false
	}
	recent := f.used[tenant][:0]
	for _, at := range f.used[tenant] {
		if now.Sub(at) < time.Second {
			recent = append(recent, at)
		}
	}
	if len(recent) >= f.set.Rate {
		f.used[tenant] = recent
		return true
	}
	f.used[tenant] = append(recent, now)
	return false
}

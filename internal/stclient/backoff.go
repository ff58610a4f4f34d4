package stclient

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"time"
)

// maxTold bounds what the API may tell us to wait: its buckets refill within minutes, so more is a mistake.
const maxTold = time.Hour

// tryAgain finds the wait in a 429's title, "Rate limit is exceeded. Try again in 7 seconds.".
var tryAgain = regexp.MustCompile(`(?i)try again in (\d{1,9}) second`)

// retryAfter reads how long the API asks to wait: the header's seconds, its date, or else the title's number; 0 when it
// does not say. A date is taken by the API's own clock where the answer shows it.
func retryAfter(h http.Header, title string, now time.Time) time.Duration {
	v := h.Get("Retry-After")
	if at, err := http.ParseTime(v); err == nil {
		if date, err := http.ParseTime(h.Get("Date")); err == nil {
			now = date
		}
		return min(max(at.Sub(now), 0), maxTold)
	}
	if s, ok := seconds(v); ok {
		return s
	}
	if m := tryAgain.FindStringSubmatch(title); m != nil {
		s, _ := seconds(m[1])
		return s
	}
	return 0
}

func seconds(v string) (time.Duration, bool) {
	s, err := strconv.ParseInt(v, 10, 64)
	return time.Duration(min(max(s, 0), int64(maxTold/time.Second))) * time.Second, err == nil
}

// backoff is the wait after a failed attempt (1, 2, …): random up to a bound that doubles, on top of what the API told.
func (c *Client) backoff(attempt int, told time.Duration) time.Duration {
	bound := c.cfg.MaxBackoff
	if shift := attempt - 1; shift < 10 {
		bound = min(bound, c.cfg.Backoff<<shift)
	}
	return told + time.Duration(c.cfg.Rand()*float64(bound))
}

// fits tells whether a wait ends before the context's deadline.
func fits(ctx context.Context, wait time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return !ok || wait < time.Until(deadline)
}

// sleep waits, or returns the context's error.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

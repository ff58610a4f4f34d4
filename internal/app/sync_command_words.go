package app

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"lazilabs.com/lazi/internal/domain"
)

// number writes a count with commas: 11,500.
func number(n int64) string { return message.NewPrinter(language.English).Sprint(n) }

// kindName is a kind's plural, as users read it.
func kindName(kind string) string {
	if k, ok := domain.KindByName(kind); ok {
		return k.Plural()
	}
	return kind
}

// runWords name a run and how much it reads.
func runWords(r *domain.SyncRun) string {
	return fmt.Sprintf("run %d, %s", r.ID, strings.ToLower(string(r.Mode)))
}

// waiting tells whether a run has not begun.
func waiting(r *domain.SyncRun) bool { return r.Status == domain.SyncQueued && r.StartedAt == nil }

// progressWords say how far a run is.
func progressWords(r *domain.SyncRun) string {
	switch {
	case r.Status == domain.SyncQueued && r.RetryAt != nil:
		return fmt.Sprintf("waits until %s: %s", r.RetryAt.Format(time.TimeOnly), problem(r))
	case waiting(r):
		return "waits for a worker"
	}
	words := number(r.Rows) + " records"
	if r.Total != nil {
		words = fmt.Sprintf("%s of %s records", number(r.Rows), number(*r.Total))
	}
	if p := r.Percent(); p != nil {
		words += fmt.Sprintf(", %.0f %%", *p)
	}
	if v := r.RowsPerSecond(); v != nil {
		words += fmt.Sprintf(", %s/s", number(int64(*v)))
	}
	if left := r.ETA(); left != nil {
		words += fmt.Sprintf(", %s left", left)
	}
	return words
}

// endWords say how a run has ended and what it has brought.
func endWords(r *domain.SyncRun) string {
	words := strings.ToLower(string(r.Status))
	if r.StartedAt != nil && r.FinishedAt != nil {
		words += fmt.Sprintf(" after %s", r.FinishedAt.Sub(*r.StartedAt).Round(10*time.Millisecond))
	}
	words += fmt.Sprintf(": %s records, %s new, %s changed, %s unchanged, %s deleted, %s in quarantine",
		number(r.Rows), number(r.Inserted), number(r.Updated), number(r.Unchanged), number(r.Deleted), number(r.Quarantined))
	if r.Problem != nil {
		words += "; " + *r.Problem
	}
	return words
}

func problem(r *domain.SyncRun) string {
	if r.Problem == nil {
		return "ServiceTitan does not answer now"
	}
	return *r.Problem
}

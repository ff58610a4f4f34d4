package servicetitan

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/stclient"
)

const (
	// capacityDays is the longest range that ServiceTitan tells capacity for (behaviour.md, section 5).
	capacityDays = 14
)

// usualHours are the business hours where ServiceTitan tells none.
func usualHours() domain.BusinessHours {
	h := domain.BusinessHours{}
	for day := time.Monday; day <= time.Friday; day++ {
		h[day] = []domain.OpenHours{{From: 8 * time.Hour, Until: 17 * time.Hour}}
	}
	return h
}

// BusinessHours returns a company's business hours. While ServiceTitan does not tell, they are what it told last, or the usual
// ones: weekdays from eight to five.
func (p *Provider) BusinessHours(ctx context.Context, tenant domain.TenantID) (domain.BusinessHours, error) {
	told, err := p.hours.get(ctx, p, tenant, "business hours", p.readHours)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil || len(told) == 0 {
		return usualHours(), nil //nolint:nilerr // it is in the log
	}
	return told, nil
}

// JobReasons returns why jobs may be called off, or made to wait, those that are in use.
func (p *Provider) JobReasons(ctx context.Context, tenant domain.TenantID, use domain.JobReasonUse) ([]domain.JobReason, error) {
	list := map[domain.JobReasonUse]string{domain.ReasonsToCancel: "job-cancel-reasons", domain.ReasonsToHold: "job-hold-reasons"}[use]
	return p.reasons.get(ctx, p, tenant, list, func(ctx context.Context, tenant domain.TenantID) ([]domain.JobReason, error) {
		account, err := p.accounts(ctx, tenant)
		if err != nil {
			return nil, err
		}
		out := []domain.JobReason{}
		resource := stclient.Resource{Name: list, Module: "jpm", ListPath: "/jpm/v2/tenant/{tenant}/" + list}
		for page, err := range account.List(ctx, resource, url.Values{"active": {"True"}}) {
			if err != nil {
				return nil, err
			}
			for _, item := range page.Items {
				var r domain.JobReason
				if err := json.Unmarshal(item, &r); err != nil {
					return nil, err
				}
				out = append(out, r)
			}
		}
		return out, nil
	})
}

func (p *Provider) readHours(ctx context.Context, tenant domain.TenantID) (domain.BusinessHours, error) {
	account, err := p.accounts(ctx, tenant)
	if err != nil {
		return nil, err
	}
	text, err := account.Get(ctx, stclient.Resource{Name: "BusinessHour", Module: "dispatch", GetPath: "/dispatch/v2/tenant/{tenant}/business-hours"}, 0)
	if err != nil {
		return nil, err
	}
	type span struct{ FromHour, ToHour int }
	var doc struct{ Weekdays, Saturday, Sunday []span }
	if err := json.Unmarshal(text, &doc); err != nil {
		return nil, err
	}
	out := domain.BusinessHours{}
	for day := time.Sunday; day <= time.Saturday; day++ {
		spans := doc.Weekdays
		switch day { //nolint:exhaustive // the others are weekdays
		case time.Saturday:
			spans = doc.Saturday
		case time.Sunday:
			spans = doc.Sunday
		}
		for _, s := range spans {
			if s.FromHour >= 0 && s.FromHour < s.ToHour && s.ToHour <= 24 {
				out[day] = append(out[day], domain.OpenHours{From: time.Duration(s.FromHour) * time.Hour, Until: time.Duration(s.ToHour) * time.Hour})
			}
		}
	}
	return out, nil
}

// UpstreamCapacity returns what ServiceTitan itself says that business units can do on days of the company's calendar. A range
// that is longer than it tells is invalid.
func (p *Provider) UpstreamCapacity(ctx context.Context, tenant domain.TenantID, within domain.TimeWindow, units []int64) (map[domain.UnitDay]domain.UpstreamCapacity, error) {
	if within.End.Sub(within.Start) > capacityDays*24*time.Hour {
		return nil, domain.Invalid("within", "ServiceTitan tells capacity for %d days at most", capacityDays)
	}
	ctx, cancel := context.WithTimeout(ctx, p.cfg.Patience)
	defer cancel()
	account, err := p.accounts(ctx, tenant)
	if err != nil {
		return nil, err
	}
	body, _ := json.Marshal(map[string]any{ // it holds nothing but what JSON has
		"startsOnOrAfter": instant(within.Start), "endsOnOrBefore": instant(within.End), "businessUnitIds": units, "skillBasedAvailability": false,
	})
	answer, err := account.Write(ctx, stclient.Write{
		Op: "capacity", Module: "dispatch", Method: "POST", Path: "/dispatch/v2/tenant/{tenant}/capacity", Body: body,
	})
	if sentinel, ok := sentinels[stclient.CodeOf(err)]; ok {
		return nil, fmt.Errorf("servicetitan: capacity: %w: %w", sentinel, err)
	} else if err != nil {
		return nil, fmt.Errorf("servicetitan: capacity: %w", err)
	}
	var doc struct {
		Availabilities []struct {
			Start                               string // in the company's time
			BusinessUnitIDs                     []int64
			TotalAvailability, OpenAvailability float64
		}
	}
	if err := json.Unmarshal(answer, &doc); err != nil {
		return nil, err
	}
	out := map[domain.UnitDay]domain.UpstreamCapacity{}
	for _, a := range doc.Availabilities {
		date, err := time.Parse(time.DateOnly, a.Start[:min(len(a.Start), len(time.DateOnly))])
		if err != nil || len(a.BusinessUnitIDs) != 1 {
			continue // of several units together, none has a share of its own
		}
		day := domain.UnitDay{BusinessUnit: a.BusinessUnitIDs[0], Date: date}
		sum := out[day]
		out[day] = domain.UpstreamCapacity{TotalHours: sum.TotalHours + a.TotalAvailability, OpenHours: sum.OpenHours + a.OpenAvailability}
	}
	return out, nil
}

package app

import (
	"encoding/json"
	"fmt"
	"time"

	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/simulator"
)

// PlacesOf picks the records of a simulated company that are worth a look: the customer with the most locations, a job
// and a technician of the day, a place and a type of job to book, a service with materials, the first category.
func PlacesOf(s *simulator.Simulator, t domain.Tenant) (Places, error) {
	zone, err := time.LoadLocation(t.TimeZone)
	if err != nil {
		return Places{}, fmt.Errorf("app: tenant %d: time zone: %w", t.ID, err)
	}
	y, m, d := s.Clock().Now().Date()
	tenant := int64(t.ID)
	jobs := s.IDs(tenant, "Job")
	ids := map[string]domain.GlobalID{
		"CUSTOMER":   {Kind: "Customer", ID: s.IDs(tenant, "Customer")[0]},
		"JOB":        {Kind: "Job", ID: jobs[len(jobs)-1]},
		"TECHNICIAN": {Kind: "Technician", ID: s.IDs(tenant, "Technician")[0]},
		"SERVICE":    {Kind: "PricebookService", ID: serviceWithMaterials(s, tenant)},
		"LOCATION":   {Kind: "Location", ID: s.IDs(tenant, "Location")[0]},
		"TYPE":       {Kind: "JobType", ID: s.IDs(tenant, "JobType")[0]},
		"CATEGORY":   {Kind: "PricebookCategory", ID: s.IDs(tenant, "PricebookCategory")[0]},

		"APPOINTMENT":   {Kind: "Appointment", ID: scheduledVisit(s, tenant)},
		"BUSINESS_UNIT": {Kind: "BusinessUnit", ID: s.IDs(tenant, "BusinessUnit")[0]},
		"CAMPAIGN":      {Kind: "Campaign", ID: s.IDs(tenant, "Campaign")[0]},
	}
	p := Places{Day: time.Date(y, m, d, 0, 0, 0, 0, zone), IDs: map[string]string{}}
	for name, id := range ids {
		p.IDs[name] = id.String()
	}
	return p, nil
}

// scheduledVisit is the last appointment that is yet to come.
func scheduledVisit(s *simulator.Simulator, tenant int64) int64 {
	ids := s.IDs(tenant, "Appointment")
	for i := len(ids) - 1; i > 0; i-- {
		var visit struct{ Status string }
		doc, _ := s.Document(tenant, "Appointment", ids[i])
		if json.Unmarshal(doc, &visit) == nil && visit.Status == "Scheduled" {
			return ids[i]
		}
	}
	return ids[0]
}

func serviceWithMaterials(s *simulator.Simulator, tenant int64) int64 {
	ids := s.IDs(tenant, "PricebookService")
	for _, id := range ids {
		var service struct {
			ServiceMaterials []json.RawMessage `json:"serviceMaterials"`
			Active           bool              `json:"active"`
		}
		doc, _ := s.Document(tenant, "PricebookService", id)
		if json.Unmarshal(doc, &service) == nil && service.Active && len(service.ServiceMaterials) > 1 {
			return id
		}
	}
	return ids[0]
}

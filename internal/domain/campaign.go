package domain

// Campaign is a marketing campaign that jobs are booked under.
// Source: GET /marketing/v2/tenant/{tenant}/campaigns; table raw.st_campaigns.
type Campaign struct {
	Record
	Name       string  `db:"name"`
	CategoryID *int64  `db:"category_id"`
	Source     *string `db:"source"`
	Medium     *string `db:"medium"`
}

// Campaigns describes the kind.
var Campaigns = newKind[Campaign](Spec{
	Name: "Campaign", Domain: AreaMarketing, Table: "st_campaigns",
	API:          API{Base: "/marketing/v2", Path: "campaigns", Get: true, IDs: true, All: "active=Any", Sort: "+Id"},
	Orders:       nameOrders,
	DefaultOrder: "name",
	Filter:       BasicFilter{},
})

// CampaignJobs are the jobs booked under a campaign.
var CampaignJobs = owns(Campaigns, "jobs", Jobs, "campaign_id")

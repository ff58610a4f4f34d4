package domain

// Acts on estimates. Source: behaviour.md, section 5, sales/v2.
var (
	EstimateSell = &Act{
		Name: "sellEstimate", On: Estimates.Kind, ID: "id", Method: "PUT", Path: "/sales/v2/tenant/{tenant}/estimates/{st_id}/sell",
		Moves: estimateMove("Sold", "Open"), Names: map[string]string{"soldById": "soldBy"}, Rereads: []*Link{EstimateJob.Link},
	}
	EstimateUnsell = &Act{
		Name: "unsellEstimate", On: Estimates.Kind, ID: "id", Method: "PUT", Path: "/sales/v2/tenant/{tenant}/estimates/{st_id}/unsell",
		Moves: estimateMove("Open", "Sold"), Rereads: []*Link{EstimateJob.Link},
	}
	EstimateDismiss = &Act{
		Name: "dismissEstimate", On: Estimates.Kind, ID: "id", Method: "PUT", Path: "/sales/v2/tenant/{tenant}/estimates/{st_id}/dismiss",
		Moves: estimateMove("Dismissed", "Open"),
	}
)

func estimateMove(to string, from ...string) *Move {
	return &Move{Column: "status", Member: "status.name", From: from, To: to}
}

var estimateActs = []*Act{EstimateSell, EstimateUnsell, EstimateDismiss}

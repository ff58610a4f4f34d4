package domain

import "io"

// JobReason is why jobs are called off, or made to wait. Source: GET /jpm/v2/tenant/{tenant}/job-cancel-reasons and
// job-hold-reasons.
type JobReason struct {
	ID   BigInt `json:"id"`
	Name string `json:"name"`
}

// JobReasonUse says what a reason is for.
type JobReasonUse string

// What reasons are for.
const (
	ReasonsToCancel JobReasonUse = "Cancel"
	ReasonsToHold   JobReasonUse = "Hold"
)

var jobReasonUses = words(string(ReasonsToCancel), string(ReasonsToHold))

// MarshalGQL writes the enum value.
func (u JobReasonUse) MarshalGQL(w io.Writer) { jobReasonUses.marshal(w, string(u)) }

// UnmarshalGQL reads the enum value.
func (u *JobReasonUse) UnmarshalGQL(v any) error { return jobReasonUses.unmarshal(v, (*string)(u)) }

package domain

import "time"

// Check tells what about a wish for a run cannot be meant; nothing when all is well. Errors are *InvalidError and name the
// option.
func (w NewRun) Check(now time.Time) []error {
	var wrong []error
	if w.Since != nil && w.Mode != SyncIncremental {
		wrong = append(wrong, Invalid("since", "it goes with the mode %s, not with %s", SyncIncremental, w.Mode))
	}
	if w.Since != nil && w.Since.After(now) {
		wrong = append(wrong, Invalid("since", "it lies in the future"))
	}
	if w.AcceptDrop && w.Mode != SyncReconcile {
		wrong = append(wrong, Invalid("acceptDrop", "it goes with the mode %s, not with %s", SyncReconcile, w.Mode))
	}
	return wrong
}

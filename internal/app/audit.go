package app

import (
	"context"
	"log/slog"
	"time"

	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/store"
)

// auditTimeout bounds the storing of entries, whoever is still there to hear of the operation.
const auditTimeout = 3 * time.Second

// onAudit stores what a caller has done or was refused. An entry that cannot be stored does not undo what has happened: it is in the
// log and counted, and an alert tells of it.
func (a *App) onAudit(ctx context.Context, id auth.Identity, entries []domain.AuditEntry) {
	for i := range entries {
		entries[i].Subject, entries[i].Role = id.Subject, string(id.Role)
		if request := obs.RequestIDFrom(ctx); request != "" {
			entries[i].RequestID = &request
		}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditTimeout)
	defer cancel()
	if err := a.store.AppendAudit(ctx, domain.TenantID(id.Tenant), entries); err != nil {
		for _, e := range entries {
			a.metrics.AuditLost()
			a.log.ErrorContext(ctx, "an audit entry is lost", slog.String("operation", e.Operation), slog.String("outcome", string(e.Outcome)),
				slog.Any("ids", e.IDs), slog.Any("cause", err))
		}
	}
}

// auditCommand notes what a command on a server has done for a tenant.
func auditCommand(ctx context.Context, st *store.Store, tenant domain.TenantID, operation string, ids ...string) error {
	return st.AppendAudit(ctx, tenant, []domain.AuditEntry{{
		Subject: "command", Role: "OPERATOR", Operation: operation, IDs: ids, Outcome: domain.AuditOK,
	}})
}

package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/pprof"
	"time"

	"lazilabs.com/lazi/internal/obs"
	"lazilabs.com/lazi/internal/store"
)

// readyTimeout bounds each question about readiness.
const readyTimeout = 2 * time.Second

// readiness says when this process may be sent requests: its database answers and is no older than this version.
func readiness(st *store.Store, log *slog.Logger) *obs.Readiness {
	return obs.NewReadiness(log,
		obs.Check{Name: "database", Timeout: readyTimeout, Probe: st.Ping},
		obs.Check{Name: "migrations", Timeout: readyTimeout, Probe: func(ctx context.Context) error {
			behind, err := st.Behind(ctx)
			if behind {
				return errors.New("migrations are not applied: run `lazi migrate`")
			}
			return err
		}})
}

// OpsHandler answers operators. It asks for no token: who may reach it is for its address and the network to say.
func (a *App) OpsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /healthz", obs.Alive)
	mux.Handle("GET /readyz", a.ready)
	mux.Handle("GET /metrics", a.metrics.Handler())
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/cmdline", pprof.Cmdline)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// serveOps serves operators, where a port is set for it, until end is called. A stop of the process can be watched there to
// its end.
func (a *App) serveOps(ctx context.Context) (end func(), err error) {
	if a.cfg.Ops.Port < 0 {
		return func() {}, nil
	}
	l, err := listen(ctx, a.cfg.Ops.Address, a.cfg.Ops.Port)
	if err != nil {
		return nil, errors.Join(errors.New("OPS_PORT, OPS_ADDRESS: the operators' listener cannot be opened"), err)
	}
	a.log.Info("serving operators", "address", l.Addr().String())
	srv := &http.Server{Handler: a.OpsHandler(), ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			a.log.Error("operators are not served any more", "cause", err)
		}
	}()
	return func() {
		_ = srv.Close() // a profile under way is of no use any more
		<-ended
	}, nil
}

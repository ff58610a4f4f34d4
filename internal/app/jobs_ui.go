package app

import (
	"net/http"
	"strings"

	"lazilabs.com/lazi/internal/auth"
)

const (
	jobsPath = "/admin/jobs"
	// jobsCookie holds the token of somebody who looks at the queue with a browser, which sends no Authorization header.
	jobsCookie = "lazi_admin"
)

// jobsUI shows the queue of sync turns (River's own pages) to those who may run syncs. The queue is shared by all tenants and
// says nothing of their data; it can be looked at, not changed: runs are started and stopped by mutation.
//
// A browser signs in by opening /admin/jobs/?token=…, which puts the token into a cookie for these pages.
func jobsUI(v *auth.Verifier, pages http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET "+jobsPath+"/", allowedTo(auth.SyncRun, v, pages))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		if token := r.URL.Query().Get("token"); token != "" && r.Method == http.MethodGet {
			http.SetCookie(w, &http.Cookie{
				Name: jobsCookie, Value: token, Path: jobsPath, HttpOnly: true, Secure: true, SameSite: http.SameSiteStrictMode,
			})
			http.Redirect(w, r, jobsPath+"/", http.StatusSeeOther)
			return
		}
		mux.ServeHTTP(w, r)
	})
}

// allowedTo lets callers through whose role has a permission. The token is in the header, or in the cookie.
func allowedTo(p auth.Permission, v *auth.Verifier, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := auth.CredentialsOf(r.Header)
		if cookie, err := r.Cookie(jobsCookie); err == nil && len(c.Authorization) == 0 {
			c.Authorization = []string{"Bearer " + cookie.Value}
		}
		ctx, err := v.Authenticate(r.Context(), c)
		if err != nil {
			a := auth.AnswerTo(err)
			http.Error(w, strings.ToUpper(a.Message[:1])+a.Message[1:]+". Open this page with ?token=…", a.Status)
			return
		}
		if id, _ := auth.FromContext(ctx); !id.Role.Can(p) {
			http.Error(w, "Your role may not see this.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

package resolvers

import (
	"context"
	"slices"
	"strings"

	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/auth"
	"lazilabs.com/lazi/internal/domain"
)

// accounts returns the companies that the caller may see: all for operators, else the caller's own.
func (r *Resolver) accounts(ctx context.Context) ([]*domain.Account, error) {
	id, ok := auth.FromContext(ctx)
	if !ok {
		return nil, domain.ErrForbidden
	}
	all, err := r.Tenants.Accounts(ctx)
	if err != nil || id.Operator {
		return all, err
	}
	return slices.DeleteFunc(all, func(a *domain.Account) bool { return a.ID != domain.TenantID(id.Tenant) }), nil
}

// credentials reads an account.
func credentials(in *model.CredentialsInput) domain.Credentials {
	return domain.Credentials{
		ClientID: in.ClientID, ClientSecret: in.ClientSecret, AppKey: in.AppKey, Environment: strings.ToLower(string(in.Environment)),
	}
}

// change is something that is done to a company, by a caller who may do it.
type change func(ctx context.Context, id auth.Identity) error

// create adds a company. Only operators may.
func (r *Resolver) create(t domain.Tenant, c domain.Credentials) change {
	return func(ctx context.Context, id auth.Identity) error {
		if !id.Operator {
			return domain.ErrForbidden
		}
		return r.Tenants.CreateTenant(ctx, t, c)
	}
}

// replace changes a company's account. Who is no operator may change that of his own.
func (r *Resolver) replace(tenant domain.TenantID, c domain.Credentials) change {
	return func(ctx context.Context, id auth.Identity) error {
		if !id.Operator && tenant != domain.TenantID(id.Tenant) {
			return domain.ErrForbidden
		}
		return r.Tenants.SetCredentials(ctx, tenant, c)
	}
}

// keep makes a change and returns the company as it is then, or what is wrong with the input.
func (r *Resolver) keep(ctx context.Context, tenant domain.TenantID, do change) (*domain.Account, []*model.UserError, error) {
	id, ok := auth.FromContext(ctx)
	if !ok {
		return nil, nil, domain.ErrForbidden
	}
	err := do(ctx, id)
	if wrong := invalid(parts(err)...); wrong != nil {
		return nil, wrong, nil
	}
	if err != nil {
		return nil, nil, err
	}
	all, err := r.Tenants.Accounts(ctx)
	if i := slices.IndexFunc(all, func(a *domain.Account) bool { return a.ID == tenant }); i >= 0 {
		return all[i], nil, nil
	}
	return nil, nil, err
}

// parts are the errors that were joined to one.
func parts(err error) []error {
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []error{err}
	}
	var all []error
	for _, e := range joined.Unwrap() {
		all = append(all, parts(e)...)
	}
	return all
}

package resolvers

import (
	"context"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/paging"
	"lazilabs.com/lazi/internal/domain"
)

// children lists the categories one level below, in order of position. A tree of pages would be a riddle to read and
// to price, and no price book has a category with more branches than the largest page holds.
func children(ctx context.Context, c *domain.PricebookCategory, active *bool) ([]*domain.PricebookCategory, error) {
	below, err := loaders.Page(ctx, domain.CategoryChildren, c, paging.Args{
		First: new(domain.MaxPage), Filter: &domain.PricebookCategoryFilter{Active: active},
	})
	if err != nil {
		return nil, err
	}
	return below.Nodes(ctx)
}

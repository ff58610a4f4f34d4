package resolvers

import (
	"context"

	"lazilabs.com/lazi/graph/loaders"
	"lazilabs.com/lazi/graph/model"
	"lazilabs.com/lazi/internal/domain"
)

// materialLines joins a service's materials with their quantities.
func materialLines(ctx context.Context, s *domain.PricebookService) ([]*model.PricebookMaterialLine, error) {
	found, err := loaders.All(ctx, domain.ServiceMaterials, s)
	if err != nil {
		return nil, err
	}
	lines := make([]*model.PricebookMaterialLine, len(s.Materials))
	for i, l := range s.Materials {
		lines[i] = &model.PricebookMaterialLine{Material: withID(found, l.SkuID), Quantity: &s.Materials[i].Quantity}
	}
	return lines, nil
}

// equipmentLines joins a service's equipment with its quantities.
func equipmentLines(ctx context.Context, s *domain.PricebookService) ([]*model.PricebookEquipmentLine, error) {
	found, err := loaders.All(ctx, domain.ServiceEquipment, s)
	if err != nil {
		return nil, err
	}
	lines := make([]*model.PricebookEquipmentLine, len(s.Equipment))
	for i, l := range s.Equipment {
		lines[i] = &model.PricebookEquipmentLine{Equipment: withID(found, l.SkuID), Quantity: &s.Equipment[i].Quantity}
	}
	return lines, nil
}

// applications joins the parts of a payment with the invoices that they settle.
func applications(ctx context.Context, p *domain.Payment) ([]*model.PaymentApplication, error) {
	found, err := loaders.All(ctx, domain.PaymentInvoices, p)
	if err != nil {
		return nil, err
	}
	parts := make([]*model.PaymentApplication, len(p.AppliedTo))
	for i, a := range p.AppliedTo {
		parts[i] = &model.PaymentApplication{
			Invoice:           withID(found, int64(a.InvoiceExternalID)),
			InvoiceExternalID: a.InvoiceExternalID,
			ReferenceNumber:   a.ReferenceNumber,
			Amount:            money(&a.Amount),
		}
	}
	return parts, nil
}

// withID finds a row by ServiceTitan's id, nil when it is not among them. The rows are few: a line each.
func withID[T any](rows []*T, id int64) *T {
	for _, row := range rows {
		if any(row).(domain.Entity).Base().STID == id {
			return row
		}
	}
	return nil
}

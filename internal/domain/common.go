package domain

// Address is a postal address. ServiceTitan leaves any part out at times, whatever its documents promise.
type Address struct {
	Street     *string  `json:"street"`
	Unit       *string  `json:"unit"`
	City       *string  `json:"city"`
	State      *string  `json:"state"`
	PostalCode *string  `json:"zip"`
	Country    *string  `json:"country"`
	Latitude   *float64 `json:"latitude"`
	Longitude  *float64 `json:"longitude"`
}

// CustomField is a tenant-defined field's value.
type CustomField struct {
	Name  *string `json:"name"`
	Value *string `json:"value"`
}

// Direction is the direction of an order.
type Direction string

// Directions.
const (
	Ascending  Direction = "ASC"
	Descending Direction = "DESC"
)

// Order is what a list is ordered by: a value of the kind's order enum.
type Order struct {
	Field     string
	Direction Direction
}

package scheduling

import (
	"context"
	"math"
	"time"
)

// Point is a place on earth in degrees, north and east positive.
type Point struct{ Latitude, Longitude float64 }

// Travel tells how long it takes from one point to another. A routing service may implement it; it may block and fail.
type Travel interface {
	Between(ctx context.Context, from, to Point) (time.Duration, error)
}

// GreatCircle travels in a straight line over the earth at KMPerHour, which must be positive. It never fails.
type GreatCircle struct{ KMPerHour float64 }

// Between is the great-circle distance by the haversine formula, divided by the speed.
func (g GreatCircle) Between(_ context.Context, from, to Point) (time.Duration, error) {
	const earthRadiusKM, radian = 6371.0088, math.Pi / 180
	north := math.Sin((to.Latitude - from.Latitude) * radian / 2)
	east := math.Sin((to.Longitude - from.Longitude) * radian / 2)
	h := north*north + math.Cos(from.Latitude*radian)*math.Cos(to.Latitude*radian)*east*east
	// Rounding may carry h past 1 for opposite points, where Asin has no answer.
	km := 2 * earthRadiusKM * math.Asin(math.Sqrt(min(1, h)))
	return time.Duration(km / g.KMPerHour * float64(time.Hour)), nil
}

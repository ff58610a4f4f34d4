package scheduling_test

import (
	"testing"
	"time"

	"lazilabs.com/lazi/internal/scheduling"
)

func TestGreatCircle(t *testing.T) {
	t.Parallel()
	var travel scheduling.Travel = scheduling.GreatCircle{KMPerHour: 60}
	tests := []struct {
		name     string
		from, to scheduling.Point
		want     time.Duration
	}{
		{"nowhere", scheduling.Point{Latitude: 40, Longitude: -75}, scheduling.Point{Latitude: 40, Longitude: -75}, 0},
		{"a degree north is 111.195 km", scheduling.Point{}, scheduling.Point{Latitude: 1}, 111 * time.Minute},
		{"a degree east at 60 north is half", scheduling.Point{Latitude: 60}, scheduling.Point{Latitude: 60, Longitude: 1}, 56 * time.Minute},
		{"over the date line", scheduling.Point{Longitude: 179.5}, scheduling.Point{Longitude: -179.5}, 111 * time.Minute},
		{"half around the earth", scheduling.Point{Latitude: 90}, scheduling.Point{Latitude: -90}, 20015 * time.Minute},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := travel.Between(t.Context(), tt.from, tt.to)
			if err != nil || got.Round(time.Minute) != tt.want {
				t.Errorf("got %v, %v, want %v", got, err, tt.want)
			}
		})
	}
}

func BenchmarkAvailability_50Technicians14Days(b *testing.B) {
	zone, err := time.LoadLocation("America/New_York")
	if err != nil {
		b.Fatal(err)
	}
	from := time.Date(2026, 10, 26, 0, 0, 0, 0, zone)
	var tech scheduling.Technician
	for day := range 14 {
		for visit := range 6 {
			start := from.AddDate(0, 0, day).Add(time.Duration(8+2*visit) * time.Hour)
			tech.Booked = append(tech.Booked, scheduling.Interval{Start: start, End: start.Add(time.Hour)})
		}
	}
	business := map[time.Weekday][]scheduling.Hours{}
	for day := range 7 {
		business[time.Weekday(day)] = []scheduling.Hours{{From: 8 * time.Hour, Until: 20 * time.Hour}}
	}
	within := scheduling.Interval{Start: from, End: from.AddDate(0, 0, 14)}
	b.ReportAllocs()
	for b.Loop() {
		for range 50 {
			scheduling.Availability(tech, business, within, zone)
		}
	}
}

package main

import (
	"slices"
	"time"
)

// sample is what a load saw of a server.
type sample struct {
	// Rate is in requests a second.
	Rate float64
	// P50 and P99 are latencies.
	P50, P99 time.Duration
	// CPU is the server's time for a request; its heap allocations are Allocs and Bytes.
	CPU           time.Duration
	Allocs, Bytes float64
	// Resident is the memory that its processes held at the end, in bytes.
	Resident float64
}

// stretch is a time under load: the latencies of its requests, and what the server has used in it.
type stretch struct {
	latencies []time.Duration
	took      time.Duration
	used      usage
}

// add adds a later stretch.
func (s *stretch) add(later stretch) {
	s.latencies = append(s.latencies, later.latencies...)
	s.took += later.took
	s.used.CPU += later.used.CPU
	s.used.Allocs += later.used.Allocs
	s.used.Bytes += later.used.Bytes
	s.used.Resident = later.used.Resident
}

// sample sums up a stretch. It sorts the latencies, of which there must be one.
func (s *stretch) sample() sample {
	slices.Sort(s.latencies)
	n := float64(len(s.latencies))
	return sample{
		Rate: n / s.took.Seconds(), P50: percentile(s.latencies, 50), P99: percentile(s.latencies, 99),
		CPU:    time.Duration(float64(s.used.CPU) / n),
		Allocs: float64(s.used.Allocs) / n, Bytes: float64(s.used.Bytes) / n,
		Resident: float64(s.used.Resident),
	}
}

// percentile is the smallest value of a sorted list that p in 100 values do not exceed.
func percentile[T any](sorted []T, p int) T {
	return sorted[max((len(sorted)*p+99)/100, 1)-1]
}

// medians takes the median of each figure by itself.
func medians(samples []sample) sample {
	return sample{
		Rate: medianOf(samples, func(s sample) float64 { return s.Rate }),
		P50:  medianOf(samples, func(s sample) time.Duration { return s.P50 }),
		P99:  medianOf(samples, func(s sample) time.Duration { return s.P99 }),
		CPU:  medianOf(samples, func(s sample) time.Duration { return s.CPU }),

		Allocs: medianOf(samples, func(s sample) float64 { return s.Allocs }),
		Bytes:  medianOf(samples, func(s sample) float64 { return s.Bytes }),

		Resident: medianOf(samples, func(s sample) float64 { return s.Resident }),
	}
}

func medianOf[T ~int64 | ~float64](samples []sample, figure func(sample) T) T {
	values := make([]T, len(samples))
	for i, s := range samples {
		values[i] = figure(s)
	}
	return median(values)
}

// median is the middle value; of an even number, the mean of the two in the middle. It sorts the values, of which
// there must be one.
func median[T ~int64 | ~float64](values []T) T {
	slices.Sort(values)
	n := len(values)
	return (values[(n-1)/2] + values[n/2]) / 2
}

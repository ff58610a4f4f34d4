package main

import (
	"slices"
	"time"
)

// sample is what one run of the load saw.
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

// newSample sums up a run. It sorts the latencies, of which there must be one.
func newSample(latencies []time.Duration, took time.Duration, before, after usage) sample {
	slices.Sort(latencies)
	n := float64(len(latencies))
	return sample{
		Rate: n / took.Seconds(), P50: percentile(latencies, 50), P99: percentile(latencies, 99),
		CPU:    time.Duration(float64(after.CPU-before.CPU) / n),
		Allocs: float64(after.Allocs-before.Allocs) / n, Bytes: float64(after.Bytes-before.Bytes) / n,
		Resident: float64(after.Resident),
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

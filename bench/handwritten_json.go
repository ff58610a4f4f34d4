package main

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"
)

func appendNested(b []byte, customers []*customer) []byte {
	b = appendList(append(b, `{"data":{"customers":{"nodes":`...), customers, appendCustomer)
	return append(b, "}}}"...)
}

func appendCustomer(b []byte, x *customer) []byte {
	b = appendID(b, x.id)
	b = appendText(append(b, `,"name":`...), x.name)
	b = appendMoney(append(b, `,"balance":`...), x.balance)
	b = appendNullable(append(b, `,"address":{"street":`...), x.address.street)
	b = appendNullable(append(b, `,"city":`...), x.address.city)
	b = appendNullable(append(b, `,"state":`...), x.address.state)
	b = appendNullable(append(b, `,"postalCode":`...), x.address.zip)
	b = appendList(append(b, `},"locations":{"nodes":`...), x.locations, appendLocation)
	return append(b, "}}"...)
}

func appendLocation(b []byte, x *location) []byte {
	b = appendID(b, x.id)
	b = appendText(append(b, `,"name":`...), x.name)
	b = appendNullable(append(b, `,"address":{"street":`...), x.address.street)
	b = appendNullable(append(b, `,"city":`...), x.address.city)
	b = appendList(append(b, `},"jobs":{"nodes":`...), x.jobs, appendJob)
	return append(b, "}}"...)
}

func appendJob(b []byte, x *job) []byte {
	b = appendID(b, x.id)
	b = appendText(append(b, `,"number":`...), x.number)
	b = appendEnum(append(b, `,"status":`...), x.status)
	b = appendNullable(append(b, `,"summary":`...), x.summary)
	b = appendList(append(b, `,"appointments":{"nodes":`...), x.appointments, appendAppointment)
	return append(b, "}}"...)
}

func appendAppointment(b []byte, x *appointment) []byte {
	b = appendID(b, x.id)
	b = appendTime(append(b, `,"scheduled":{"start":`...), x.start)
	b = appendTime(append(b, `,"end":`...), x.end)
	b = appendEnum(append(b, `},"status":`...), x.status)
	b = appendList(append(b, `,"technicians":`...), x.technicians, appendTechnician)
	return append(b, '}')
}

func appendTechnician(b []byte, x technician) []byte {
	b = appendText(append(appendID(b, x.id), `,"name":`...), x.name)
	return append(b, '}')
}

func appendWide(b []byte, customers []*customer) []byte {
	b = appendList(append(b, `{"data":{"customers":{"nodes":`...), customers, appendWideCustomer)
	return append(b, "}}}"...)
}

func appendWideCustomer(b []byte, x *customer) []byte {
	b = appendID(b, x.id)
	b = appendText(append(b, `,"name":`...), x.name)
	b = appendEnum(append(b, `,"type":`...), x.kind)
	b = appendNullable(append(b, `,"phone":`...), x.phone)
	b = appendNullable(append(b, `,"email":`...), x.email)
	b = appendMoney(append(b, `,"balance":`...), x.balance)
	b = strconv.AppendBool(append(b, `,"active":`...), x.active)
	b = appendTime(append(b, `,"createdAt":`...), x.created)
	b = appendTime(append(b, `,"modifiedAt":`...), x.modified)
	b = appendTime(append(b, `,"freshness":{"syncedAt":`...), x.fetched)
	return append(b, "}}"...)
}

func appendSmall(b []byte, x *customer) []byte {
	b = append(b, `{"data":{"customer":`...)
	if x == nil {
		return append(b, "null}}"...)
	}
	b = appendText(append(appendID(b, x.id), `,"name":`...), x.name)
	b = appendEnum(append(b, `,"type":`...), x.kind)
	b = appendNullable(append(b, `,"email":`...), x.email)
	b = appendMoney(append(b, `,"balance":`...), x.balance)
	return append(b, "}}}"...)
}

func appendList[T any](b []byte, list []T, element func([]byte, T) []byte) []byte {
	b = append(b, '[')
	for i, x := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(b, x)
	}
	return append(b, ']')
}

// appendID opens an object with its first member.
func appendID(b []byte, id int64) []byte {
	b = strconv.AppendInt(append(b, `{"externalId":"`...), id, 10)
	return append(b, '"')
}

func appendMoney(b []byte, amount *string) []byte {
	if amount == nil {
		return append(b, "null"...)
	}
	b = appendText(append(b, `{"amount":`...), *amount)
	return append(b, '}')
}

func appendTime(b []byte, t *time.Time) []byte {
	if t == nil {
		return append(b, "null"...)
	}
	b = t.UTC().AppendFormat(append(b, '"'), time.RFC3339Nano)
	return append(b, '"')
}

// appendEnum writes ServiceTitan's word as the graph's: InProgress is IN_PROGRESS.
func appendEnum(b []byte, word *string) []byte {
	if word == nil {
		return append(b, "null"...)
	}
	b = append(b, '"')
	for i := range len(*word) {
		c := (*word)[i]
		if 'A' <= c && c <= 'Z' && i > 0 {
			b = append(b, '_')
		}
		if 'a' <= c && c <= 'z' {
			c -= 'a' - 'A'
		}
		b = append(b, c)
	}
	return append(b, '"')
}

func appendNullable(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	return appendText(b, *s)
}

func appendText(b []byte, s string) []byte {
	if strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' }) {
		text, _ := json.Marshal(s) // no string fails
		return append(b, text...)
	}
	b = append(append(b, '"'), s...)
	return append(b, '"')
}

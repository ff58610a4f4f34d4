package reads

import (
	"strconv"
	"time"
)

const hexDigits = "0123456789ABCDEF"

// appendText writes a string as gqlgen does.
func appendText[T string | []byte](b []byte, s T) []byte {
	b = append(b, '"')
	start := 0
	for i := range len(s) {
		c := s[i]
		if c >= 0x20 && c != '\\' && c != '"' {
			continue
		}
		b = append(b, s[start:i]...)
		start = i + 1
		switch c {
		case '\t':
			b = append(b, `\t`...)
		case '\r':
			b = append(b, `\r`...)
		case '\n':
			b = append(b, `\n`...)
		case '\\', '"':
			b = append(b, '\\', c)
		default:
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// appendQuoted writes a number as a string.
func appendQuoted(b []byte, n int64) []byte {
	return append(strconv.AppendInt(append(b, '"'), n, 10), '"')
}

// appendDateTime writes an instant, given in Unix microseconds, as scalar.MarshalDateTime does.
func appendDateTime(b []byte, micros int64) []byte {
	return append(appendInstant(append(b, '"'), micros), '"')
}

// appendInstant writes RFC 3339 in UTC with as many digits of the second as it needs: time.RFC3339Nano, which costs
// four times as much by AppendFormat.
func appendInstant(b []byte, micros int64) []byte {
	const day = 86_400_000_000
	days, rest := micros/day, micros%day
	if rest < 0 {
		days, rest = days-1, rest+day
	}
	y, m, d, ok := civil(days)
	if !ok {
		return time.UnixMicro(micros).UTC().AppendFormat(b, time.RFC3339Nano)
	}
	second, micro := rest/1_000_000, rest%1_000_000
	b = append(two(two(b, y/100), y%100), '-')
	b = append(two(b, m), '-')
	b = append(two(b, d), 'T')
	b = append(two(b, second/3600), ':')
	b = append(two(b, second/60%60), ':')
	b = two(b, second%60)
	if micro > 0 {
		b = append(b, '.')
		for place := int64(100_000); micro > 0; place /= 10 {
			b = append(b, byte('0'+micro/place))
			micro %= place
		}
	}
	return append(b, 'Z')
}

// civil turns days since 1970 into a date of the Gregorian calendar, for the years 0 to 9999. It counts in eras of 400
// years that begin on 1 March, so that a leap day is the last of its year.
func civil(days int64) (year, month, day int64, ok bool) {
	const daysTo1970, eraDays = 719_468, 146_097
	z := days + daysTo1970
	if z < 0 {
		return 0, 0, 0, false
	}
	era, doe := z/eraDays, z%eraDays
	yoe := (doe - doe/1460 + doe/36_524 - doe/146_096) / 365
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	year, month, day = yoe+era*400, mp+3, doy-(153*mp+2)/5+1
	if month > 12 {
		year, month = year+1, month-12
	}
	return year, month, day, year <= 9999
}

func two(b []byte, n int64) []byte { return append(b, byte('0'+n/10), byte('0'+n%10)) }

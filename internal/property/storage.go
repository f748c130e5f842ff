package property

import (
	"fmt"
	"strconv"
	"strings"

	"google.golang.org/protobuf/types/known/wrapperspb"
)

// Limits of the property storage, in bytes.
const (
	leastStorage = 64 << 10
	mostStorage  = 1 << 50
)

// units of storage: those of IEC count by 1024, those of SI by 1000.
var units = []struct {
	name  string
	bytes int64
}{
	{"KiB", 1 << 10}, {"MiB", 1 << 20}, {"GiB", 1 << 30}, {"TiB", 1 << 40},
	{"kB", 1e3}, {"KB", 1e3}, {"MB", 1e6}, {"GB", 1e9}, {"TB", 1e12}, {"B", 1},
}

// shortStorage reads 64MiB, 1.5 GB or a number of bytes.
func shortStorage(s string) (*wrapperspb.Int64Value, error) {
	digits, factor := s, int64(1)
	for _, u := range units {
		if d, ok := strings.CutSuffix(s, u.name); ok {
			digits, factor = strings.TrimSpace(d), u.bytes
			break
		}
	}
	if n, err := strconv.ParseInt(digits, 10, 64); err == nil {
		if n > mostStorage/factor || n < 0 {
			return nil, storageRange(s)
		}
		return wrapperspb.Int64(n * factor), nil
	}
	f, err := strconv.ParseFloat(digits, 64)
	if err != nil || factor == 1 || strings.ContainsAny(digits, "eExXpPiInN+-_") {
		return nil, fmt.Errorf("%q is not a number of bytes, such as 4000000 or 64MiB", s)
	}
	if f > float64(mostStorage/factor) {
		return nil, storageRange(s)
	}
	return wrapperspb.Int64(int64(f * float64(factor))), nil
}

func checkStorage(n int64) error {
	if n < leastStorage || n > mostStorage {
		return storageRange(strconv.FormatInt(n, 10))
	}
	return nil
}

func storageRange(s string) error {
	return fmt.Errorf("%s is out of range: give 64KiB to 1024TiB", s)
}

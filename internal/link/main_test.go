package link

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if end := os.Getenv("ANSAR_LINK_TEST"); end != "" {
		os.Exit(playChild(end)) // see process_test.go
	}
	goleak.VerifyTestMain(m)
}

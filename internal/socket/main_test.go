package socket

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if addr := os.Getenv(crowdEnv); addr != "" {
		os.Exit(runCrowd(addr)) // this process is a benchmark's clients
	}
	goleak.VerifyTestMain(m)
}

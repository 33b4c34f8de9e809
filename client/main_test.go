package client

import (
	"flag"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

// seeds is how many runs of luck the tests of delivery try; a nightly run takes thousands.
var seeds = flag.Uint64("seeds", 60, "runs of luck to try")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pass lets d go by inside a synctest bubble, and whatever follows from it happen.
func pass(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

//go:build !linux

package bench

import "time"

func wakePrecisely() {}

func pause(d time.Duration) { <-time.NewTimer(d).C }

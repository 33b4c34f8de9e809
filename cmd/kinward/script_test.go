package main

import (
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// TestMain lets the scripts run the real command as kinward.
func TestMain(m *testing.M) { testscript.Main(m, map[string]func(){"kinward": main}) }

// TestScripts runs one story a file: what is typed, what is printed, how it ends.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

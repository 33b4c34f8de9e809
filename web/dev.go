//go:build dev

package web

import (
	"encoding/json"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"kinward/web/internal/bundle"
	"kinward/web/internal/texts"
)

// Dev tells whether the client is built from its sources at each load.
const Dev = true

// state is the newest client that was built, and every file of those before it: pages that are open still ask for them.
var state = struct {
	sync.Mutex
	files map[string][]byte
	build string
}{files: map[string][]byte{}}

// folder finds the sources: beside this file, or else in the working directory.
var folder = sync.OnceValue(func() string {
	if _, file, _, ok := runtime.Caller(0); ok {
		if _, err := os.Stat(filepath.Join(filepath.Dir(file), "package.json")); err == nil {
			return filepath.Dir(file)
		}
	}
	return "web"
})

// refresh builds the client anew.
func refresh() error {
	built, err := bundle.Build(bundle.Options{Dir: folder(), Dev: true})
	state.Lock()
	defer state.Unlock()
	if err != nil {
		return err
	}
	state.build = built.Build
	for name, content := range built.Files {
		state.files[name] = content
	}
	return nil
}

func built() error {
	state.Lock()
	none := state.build == ""
	state.Unlock()
	if none {
		return refresh()
	}
	return nil
}

// Find is the file at a path on the server, like /sw.js.
func Find(path string) (File, bool) {
	if err := built(); err != nil || len(path) < 2 {
		return File{}, false
	}
	state.Lock()
	defer state.Unlock()
	return served(path[1:], func(name string) []byte { return state.files[name] })
}

// Client is what the server has to know of the client.
func Client() About {
	var about About
	_ = built()
	state.Lock()
	defer state.Unlock()
	_ = json.Unmarshal(state.files["build.json"], &about) // left empty while the client does not build
	return about
}

// Catalogue is what the server says in one of Languages.
func Catalogue(language string) map[string]Text {
	texts, _ := texts.Catalogue(folder(), language)
	return texts
}

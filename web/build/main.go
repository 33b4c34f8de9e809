// Command build makes the web client: the generated types, and dist. It runs in the folder web, by `go generate ./web`.
//
//	go run ./build             types, then dist
//	go run ./build types       src/core/wire.gen.ts and src/core/keys.gen.ts only
//	go run ./build units DIR   bundles test/*.test.ts into DIR, for node --test; names after it choose files
//
// The types are written first, so that they are there even while the client does not build.
package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"kinward/web/internal/bundle"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if _, err := os.Stat("package.json"); err != nil {
		return errors.New("run this in the folder web")
	}
	if err := writeTypes("."); err != nil {
		return err
	}
	switch {
	case len(args) == 0:
		return writeDist(".")
	case len(args) == 1 && args[0] == "types":
		return nil
	case len(args) >= 2 && args[0] == "units":
		return bundle.Units(".", args[1], args[2:]...)
	}
	return errors.New("usage: build [types | units DIR [NAME...]]")
}

func writeTypes(web string) error {
	keys, err := keysFile(web)
	if err != nil {
		return err
	}
	for name, text := range map[string][]byte{"wire.gen.ts": wireFile(), "keys.gen.ts": keys} {
		if err := writeChanged(filepath.Join(web, "src", "core", name), text); err != nil {
			return err
		}
	}
	return nil
}

// writeDist replaces dist by what the sources give.
func writeDist(web string) error {
	built, err := bundle.Build(bundle.Options{Dir: web})
	if err != nil {
		return err
	}
	files, err := bundle.Compress(built.Files)
	if err != nil {
		return err
	}
	dist := filepath.Join(web, "dist")
	if err := os.RemoveAll(dist); err != nil {
		return err
	}
	for name, content := range files {
		if err := writeChanged(filepath.Join(dist, filepath.FromSlash(name)), content); err != nil {
			return err
		}
	}
	for _, line := range built.Report() {
		fmt.Println(line)
	}
	return nil
}

// writeChanged leaves a file alone that is right already, so that nothing which watches it wakes up.
func writeChanged(path string, content []byte) error {
	if there, err := os.ReadFile(path); err == nil && string(there) == string(content) { //nolint:gosec // a file of this folder
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // sources, for everybody to read
		return err
	}
	return os.WriteFile(path, content, 0o644) //nolint:gosec // sources, for everybody to read
}

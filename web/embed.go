//go:build !dev

package web

import (
	"embed"
	"encoding/json"
	"io/fs"
	"strings"
	"sync"

	"kinward/web/internal/texts"
)

// Dev tells whether the client is built from its sources at each load.
const Dev = false

var (
	//go:embed dist
	dist embed.FS
	//go:embed src/locales/*/basic.json src/locales/*/card.json
	sources embed.FS
)

// all are the files by their path on the server, made once.
var all = sync.OnceValue(func() map[string]File {
	files := map[string]File{}
	get := func(name string) []byte {
		content, err := dist.ReadFile("dist/" + name)
		if err != nil {
			return nil
		}
		return content
	}
	_ = fs.WalkDir(dist, "dist", func(path string, d fs.DirEntry, err error) error { // an embedded folder can be read
		if err == nil && !d.IsDir() {
			name := strings.TrimPrefix(path, "dist/")
			if f, ok := served(name, get); ok {
				files["/"+name] = f
			}
		}
		return err
	})
	return files
})

// Find is the file at a path on the server, like /sw.js.
func Find(path string) (File, bool) {
	f, ok := all()[path]
	return f, ok
}

func refresh() error { return nil }

// Client is what the server has to know of the client.
var Client = sync.OnceValue(func() About {
	var about About
	if raw, err := dist.ReadFile("dist/build.json"); err == nil {
		_ = json.Unmarshal(raw, &about) // TestDist reads it
	}
	return about
})

var catalogues = sync.OnceValue(func() map[string]map[string]Text {
	read := map[string]map[string]Text{}
	for _, l := range Languages {
		folder, err := fs.Sub(sources, "src/locales/"+l)
		if err == nil {
			read[l], _ = texts.Read(folder, l) // TestCatalogues reads them
		}
	}
	return read
})

// Catalogue is what the server says in one of Languages: the areas basic and card. The map must not be changed.
func Catalogue(language string) map[string]Text { return catalogues()[language] }

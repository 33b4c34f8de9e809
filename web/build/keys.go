package main

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"kinward/web/internal/texts"
)

// keysFile is src/core/keys.gen.ts: every text that the client can say, and what has to be put into it.
func keysFile(web string) ([]byte, error) {
	catalogue, err := texts.Catalogue(web, "en")
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	maps.DeleteFunc(catalogue, func(key string, _ texts.Text) bool { return texts.ServerOnly(key) })
	b.WriteString("// Made from src/locales/en by go generate ./web.\n\n")
	b.WriteString("/** What each text needs: the names of its placeholders, never where it has none. */\n")
	b.WriteString("export interface Texts {\n")
	for _, key := range slices.Sorted(maps.Keys(catalogue)) {
		fmt.Fprintf(&b, "  '%s': %s\n", key, placeholderType(catalogue[key]))
	}
	b.WriteString("}\n\nexport type Key = keyof Texts\n")
	return b.Bytes(), nil
}

func placeholderType(text texts.Text) string {
	names := text.Placeholders()
	if len(names) == 0 {
		return "never"
	}
	return "'" + strings.Join(names, "' | '") + "'"
}

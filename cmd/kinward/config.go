package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// configFile resolves flags from the file that --config names: one JSON object, keys named as the flags. A flag on the
// command line beats the environment, and that beats the file.
type configFile map[string]any

// readConfig implements kong.ConfigurationLoader.
func readConfig(r io.Reader) (kong.Resolver, error) {
	read := map[string]any{}
	d := json.NewDecoder(r)
	d.UseNumber()
	if err := d.Decode(&read); err != nil {
		return nil, fmt.Errorf("config: the file is one JSON object with flags as keys: %w", err)
	}
	c := configFile{}
	for key, value := range read {
		c[strings.ReplaceAll(key, "_", "-")] = value
	}
	return c, nil
}

// Validate refuses keys that no command has: a typing error must not pass for a setting.
func (c configFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	var walk func(n *kong.Node)
	walk = func(n *kong.Node) {
		for _, f := range n.Flags {
			known[f.Name] = true
		}
		for _, child := range n.Children {
			walk(child)
		}
	}
	walk(app.Node)
	for key := range c {
		if !known[key] {
			return fmt.Errorf("config: no command has a flag %q", key)
		}
	}
	return nil
}

// Resolve implements kong.Resolver.
func (c configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(strings.TrimPrefix(name, "$")); set { //nolint:forbidigo // this is how settings come in
			return nil, nil
		}
	}
	return c[flag.Name], nil
}

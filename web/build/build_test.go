package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTypes: the generated files are what the contract and the English catalogue give.
func TestTypes(t *testing.T) {
	keys, err := keysFile("..")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string][]byte{"wire.gen.ts": wireFile(), "keys.gen.ts": keys} {
		got, err := os.ReadFile(filepath.Join("..", "src", "core", name))
		if err != nil || string(got) != string(want) {
			t.Errorf("src/core/%s is not what the sources give (%v): run go generate ./web", name, err)
		}
	}
}

var hump = regexp.MustCompile(`([a-z])([A-Z])`)

// internalTypes of the contract do not travel.
var internalTypes = []string{"Time", "Cursor", "DecodeError"}

// TestWire_whole: every shape and every number of the contract is given to the client.
func TestWire_whole(t *testing.T) {
	shapeNames, constantNames := []string{}, []string{}
	for _, s := range shapes {
		shapeNames = append(shapeNames, reflect.TypeOf(s).Name())
	}
	for _, c := range constants {
		constantNames = append(constantNames, c.name)
	}
	paths, err := filepath.Glob("../../internal/protocol/*.go")
	if err != nil || len(paths) == 0 {
		t.Fatal("no contract", err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.FuncDecl:
				return false
			case *ast.TypeSpec:
				name := n.Name.Name
				if _, is := n.Type.(*ast.StructType); is && n.Name.IsExported() && !slices.Contains(internalTypes, name) && !slices.Contains(shapeNames, name) {
					t.Errorf("protocol.%s is not in shapes", name)
				}
			case *ast.GenDecl:
				checkConstants(t, n, constantNames)
			}
			return true
		})
	}
}

func checkConstants(t *testing.T, d *ast.GenDecl, names []string) {
	t.Helper()
	if d.Tok != token.CONST {
		return
	}
	for _, spec := range d.Specs {
		value, ok := spec.(*ast.ValueSpec)
		if !ok || value.Type != nil {
			continue
		}
		for _, n := range value.Names {
			if name := strings.ToUpper(hump.ReplaceAllString(n.Name, "${1}_$2")); n.IsExported() && !slices.Contains(names, name) {
				t.Errorf("protocol.%s is not in constants", n.Name)
			}
		}
	}
}

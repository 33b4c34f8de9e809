package main

import (
	"context"
	"errors"
)

type importCmd struct {
	dataFlags
}

func (c *importCmd) Run(context.Context) error { return errors.New("import: in progress") }

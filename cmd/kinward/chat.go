package main

import (
	"context"
	"errors"
)

type chatCmd struct{}

func (c *chatCmd) Run(context.Context) error { return errors.New("chat: in progress") }

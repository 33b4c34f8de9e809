package app

import (
	"context"

	"kinward/internal/store"
)

// Change runs fn in the journal's transaction, for tools that write records themselves. It answers while Run or Do runs;
// when it returns nil, what fn wrote is durable and has been told.
func (a *App) Change(ctx context.Context, fn func(ctx context.Context, tx *store.Tx) error) error {
	return journalOf[*store.Tx]{a.journal}.Change(ctx, fn)
}

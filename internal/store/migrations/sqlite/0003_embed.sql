-- +goose Up
-- Sessions of embedded pages end by themselves. The tokens that they began with are remembered for as long as they could be
-- used again.
ALTER TABLE sessions ADD COLUMN expires_at INTEGER; -- NULL: not before it is ended
CREATE INDEX sessions_expiring ON sessions (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE embed_tokens (
  jti   TEXT    PRIMARY KEY,
  until INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX embed_tokens_by_end ON embed_tokens (until);

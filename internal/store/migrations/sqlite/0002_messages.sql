-- +goose Up
-- A message costs as few index pages as can be: its row, which lies beside its neighbours; the entry of its id, which lies
-- beside those of the same moment, since ids begin with the time (UUIDv7); and of every sixteenth an entry that leads from a
-- version to a place in the conversation. sent_version never changes and rises with seq, so that nothing else is needed to
-- find what was sent after a version; what was changed after it is found by an index of those few.
CREATE TABLE messages_next (
  conversation BLOB    NOT NULL,
  seq          INTEGER NOT NULL,
  id           BLOB    NOT NULL,
  sender       BLOB    NOT NULL,
  kind         TEXT    NOT NULL,
  reply_to     INTEGER NOT NULL DEFAULT 0,
  body         BLOB    NOT NULL,      -- sealed
  created_at   INTEGER NOT NULL,
  corrected_at INTEGER,
  retracted_at INTEGER,
  sent_version INTEGER NOT NULL,      -- the version when it was sent
  version      INTEGER NOT NULL,      -- of its last change
  PRIMARY KEY (conversation, seq)
) WITHOUT ROWID;

-- What had been changed no longer tells when it was sent; the version of what was sent before it serves as well.
INSERT INTO messages_next (conversation, seq, id, sender, kind, reply_to, body, created_at, corrected_at, retracted_at, sent_version, version)
SELECT conversation, seq, id, sender, kind, reply_to, body, created_at, corrected_at, retracted_at,
  CASE WHEN corrected_at IS NULL AND retracted_at IS NULL THEN version ELSE COALESCE((
    SELECT x.version FROM messages x WHERE x.conversation = m.conversation AND x.seq < m.seq AND x.corrected_at IS NULL
      AND x.retracted_at IS NULL ORDER BY x.seq DESC LIMIT 1), 0) END,
  version
FROM messages m;

DROP TABLE messages;
ALTER TABLE messages_next RENAME TO messages;
CREATE UNIQUE INDEX messages_by_id ON messages (id, sender);
CREATE INDEX messages_stride ON messages (conversation, sent_version) WHERE seq % 16 = 0;
CREATE INDEX messages_changed ON messages (conversation, version) WHERE version > sent_version;

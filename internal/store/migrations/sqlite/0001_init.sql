-- +goose Up
-- Ids are 16 bytes, times are milliseconds since 1970 UTC, NULL is "none". Every row with a version column carries the
-- version of its last change; versions come from head and have no gaps.

CREATE TABLE head (
  one     INTEGER PRIMARY KEY CHECK (one = 1),
  version INTEGER NOT NULL,
  epoch   TEXT    NOT NULL,
  seal    BLOB    NOT NULL             -- tells whether a master key is the one that this database was made with
);

CREATE TABLE people (
  id          BLOB    PRIMARY KEY,
  kind        TEXT    NOT NULL,
  handle      TEXT    NOT NULL,
  handle_key  TEXT    NOT NULL UNIQUE, -- lower case
  name        TEXT    NOT NULL,
  role        TEXT    NOT NULL DEFAULT '',
  search      TEXT    NOT NULL,        -- folded terms, each behind a space
  open        INTEGER NOT NULL DEFAULT 0,
  password    TEXT    NOT NULL DEFAULT '',
  created_at  INTEGER NOT NULL,
  disabled_at INTEGER,
  version     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX people_by_name ON people (kind, name, id);

CREATE TABLE sessions (
  id         BLOB    PRIMARY KEY,
  person     BLOB    NOT NULL REFERENCES people (id),
  token      BLOB    NOT NULL UNIQUE, -- SHA-256
  device     TEXT    NOT NULL,
  created_at INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_person ON sessions (person);

CREATE TABLE conversations (
  id         BLOB    PRIMARY KEY,
  kind       TEXT    NOT NULL,
  title      TEXT    NOT NULL DEFAULT '',
  patient    BLOB    UNIQUE,
  peers      BLOB    UNIQUE,          -- direct: both people's ids, the lower first
  creator    BLOB,
  key        BLOB    NOT NULL,        -- the conversation's key, wrapped by the master key
  size       INTEGER NOT NULL DEFAULT 0, -- active members
  created_at INTEGER NOT NULL,
  version    INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE members (
  conversation BLOB    NOT NULL,
  person       BLOB    NOT NULL,
  state        TEXT    NOT NULL,
  read_only    INTEGER NOT NULL DEFAULT 0,
  until_at     INTEGER,
  read         INTEGER NOT NULL DEFAULT 0,
  delivered    INTEGER NOT NULL DEFAULT 0,
  version      INTEGER NOT NULL,
  PRIMARY KEY (conversation, person)
) WITHOUT ROWID;
CREATE INDEX members_by_person ON members (person, state, conversation);
CREATE INDEX members_by_version ON members (conversation, version);

CREATE TABLE messages (
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
  version      INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq)
) WITHOUT ROWID;
CREATE UNIQUE INDEX messages_by_id ON messages (sender, id);
CREATE INDEX messages_by_version ON messages (conversation, version);

-- Earlier texts of corrected messages, kept for the record; no reader is shown them.
CREATE TABLE revisions (
  conversation BLOB    NOT NULL,
  seq          INTEGER NOT NULL,
  n            INTEGER NOT NULL,
  body         BLOB    NOT NULL,
  until_at     INTEGER NOT NULL,
  PRIMARY KEY (conversation, seq, n)
) WITHOUT ROWID;

CREATE TABLE patients (
  id           BLOB    PRIMARY KEY,
  name         TEXT    NOT NULL,
  first_name   TEXT    NOT NULL,
  family_name  TEXT    NOT NULL,
  other_names  TEXT    NOT NULL DEFAULT '',
  sort_key     TEXT    NOT NULL,
  search       TEXT    NOT NULL,      -- folded terms of names, identifiers, ward, room and bed
  birth_date   TEXT    NOT NULL DEFAULT '',
  sex          TEXT    NOT NULL DEFAULT '',
  language     TEXT    NOT NULL DEFAULT '',
  active       INTEGER NOT NULL DEFAULT 1,
  deceased     INTEGER NOT NULL DEFAULT 0,
  protected    INTEGER NOT NULL DEFAULT 0,
  merged_into  BLOB,
  ward         TEXT    NOT NULL DEFAULT '',
  ward_key     TEXT    NOT NULL DEFAULT '',
  room         TEXT    NOT NULL DEFAULT '',
  bed          TEXT    NOT NULL DEFAULT '',
  status       TEXT    NOT NULL DEFAULT '',
  due_at       INTEGER,               -- when its grants change by themselves
  version      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX patients_due ON patients (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE identifiers (
  patient BLOB NOT NULL,
  system  TEXT NOT NULL,
  value   TEXT NOT NULL,
  type    TEXT NOT NULL DEFAULT '',
  PRIMARY KEY (patient, system, value)
) WITHOUT ROWID;

CREATE TABLE stays (
  id         BLOB    PRIMARY KEY,
  patient    BLOB    NOT NULL,
  number     TEXT    NOT NULL DEFAULT '',
  status     TEXT    NOT NULL,
  class      TEXT    NOT NULL DEFAULT '',
  started_at INTEGER,
  ended_at   INTEGER,
  ward       TEXT    NOT NULL DEFAULT '',
  room       TEXT    NOT NULL DEFAULT '',
  bed        TEXT    NOT NULL DEFAULT '',
  died       INTEGER NOT NULL DEFAULT 0, -- it ended in death
  version    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX stays_by_patient ON stays (patient, id);

CREATE TABLE assignments (
  id       BLOB    PRIMARY KEY,
  patient  BLOB    NOT NULL,
  person   BLOB    NOT NULL,
  role     TEXT    NOT NULL,
  stay     BLOB,
  from_at  INTEGER NOT NULL,
  until_at INTEGER,
  version  INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX assignments_by_patient ON assignments (patient, id);

CREATE TABLE links (
  id            BLOB    PRIMARY KEY,
  patient       BLOB    NOT NULL,
  person        BLOB,
  name          TEXT    NOT NULL,
  relationship  TEXT    NOT NULL,
  language      TEXT    NOT NULL DEFAULT '',
  scope         TEXT    NOT NULL,
  state         TEXT    NOT NULL,
  consent_basis TEXT    NOT NULL DEFAULT '',
  consent_note  TEXT    NOT NULL DEFAULT '',
  granted_by    BLOB,
  created_at    INTEGER NOT NULL,
  ended_at      INTEGER,
  end_reason    TEXT    NOT NULL DEFAULT '',
  version       INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX links_by_patient ON links (patient, id);
CREATE INDEX links_by_person ON links (person) WHERE person IS NOT NULL;

CREATE TABLE invitations (
  id         BLOB    PRIMARY KEY,
  link       BLOB    NOT NULL,
  code       BLOB    NOT NULL UNIQUE, -- SHA-256
  expires_at INTEGER NOT NULL,
  tries      INTEGER NOT NULL DEFAULT 0,
  used_at    INTEGER,
  dead_at    INTEGER
) WITHOUT ROWID;
CREATE INDEX invitations_by_link ON invitations (link);

-- What other systems call our rows (FHIR references, HL7 identifiers), and a digest of what they last said, so that the
-- same import twice changes nothing. None of what only the importer reads has a version: no reader is told of it.
CREATE TABLE refs (
  ref    TEXT    PRIMARY KEY,
  kind   TEXT    NOT NULL,            -- of the target: patient, person, duty, stay, team, link, place
  target BLOB,                        -- NULL: two records answer to it, so it names neither
  record TEXT    NOT NULL DEFAULT '', -- the first ref of the record that brought this one
  digest BLOB,                        -- on a record's first ref
  closed INTEGER NOT NULL DEFAULT 0   -- on a practitioner's first ref: the record closed the account
) WITHOUT ROWID;
CREATE INDEX refs_by_record ON refs (record);

-- Messages that were applied, by their digest: a message is an event and happens once.
CREATE TABLE heard (
  digest BLOB PRIMARY KEY
) WITHOUT ROWID;

-- Locations and organisations. part_of is a ref.
CREATE TABLE places (
  id      BLOB PRIMARY KEY,
  kind    TEXT NOT NULL DEFAULT '',
  name    TEXT NOT NULL,
  part_of TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;

-- Practitioners in a function.
CREATE TABLE duties (
  id       BLOB    PRIMARY KEY,
  person   BLOB    NOT NULL,
  role     TEXT    NOT NULL DEFAULT '',
  title    TEXT    NOT NULL DEFAULT '',
  active   INTEGER NOT NULL,
  from_at  INTEGER,
  until_at INTEGER
) WITHOUT ROWID;
CREATE INDEX duties_by_person ON duties (person, id);

CREATE TABLE teams (
  id       BLOB    PRIMARY KEY,
  patient  BLOB    NOT NULL,
  stay     BLOB,
  active   INTEGER NOT NULL,
  from_at  INTEGER,
  until_at INTEGER
) WITHOUT ROWID;
CREATE INDEX teams_by_patient ON teams (patient);
CREATE INDEX teams_by_stay ON teams (stay) WHERE stay IS NOT NULL;

-- Staff whom a stay or a care team names, from which assignments are made.
CREATE TABLE participants (
  owner      BLOB    NOT NULL,        -- the stay or the team
  n          INTEGER NOT NULL,
  person     BLOB    NOT NULL,
  code       TEXT    NOT NULL DEFAULT '',
  role       TEXT    NOT NULL DEFAULT '',
  from_at    INTEGER,
  until_at   INTEGER,
  assignment BLOB,
  PRIMARY KEY (owner, n)
) WITHOUT ROWID;

-- How far a reader that keeps no cursor of its own has come: the protocols under /legacy.
CREATE TABLE cursors (
  person  BLOB    NOT NULL,
  name    TEXT    NOT NULL,
  version INTEGER NOT NULL,
  PRIMARY KEY (person, name)
) WITHOUT ROWID;

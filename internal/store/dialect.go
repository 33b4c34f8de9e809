package store

import (
	"database/sql"
	"errors"
	"net/url"
	"strings"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// dialect is what differs between databases.
type dialect interface {
	open(path string, write bool) (*sql.DB, error)
	// begin is the statement that begins a transaction which is going to write.
	begin() string
	// write puts a query into the database's own words.
	write(query string) string
	// full, busy and taken classify the driver's errors: no space left, a lock not had in time, a unique key taken.
	full(err error) bool
	busy(err error) bool
	taken(err error) bool
}

type sqliteDialect struct{}

// readers is how many connections read at once; more only contend on two to eight cores.
const readers = 4

func (sqliteDialect) open(path string, write bool) (*sql.DB, error) {
	q := url.Values{"_pragma": {
		"busy_timeout(15000)",
		"journal_mode(WAL)",
		"synchronous(FULL)", // an acknowledged message survives a power cut
		"cache_size(-65536)",
		"temp_store(MEMORY)", // sorting must not need disk space that may be gone
		"wal_autocheckpoint(0)",
		"journal_size_limit(268435456)", // what a busy second writes; beyond it the log is cut back
	}}
	if !write {
		q.Add("_pragma", "query_only(1)")
	}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	n := 2 // the session, and one for what is done beside it at the start
	if !write {
		n = readers
	}
	db.SetMaxOpenConns(n)
	db.SetMaxIdleConns(n)
	return db, nil
}

// The lock comes before the first read, so that nobody writes between the two.
func (sqliteDialect) begin() string { return `BEGIN IMMEDIATE` }

// SQLite plans a query by the value of its limit, and so parses it again each time that one is bound, which for a large set
// costs more than the query does. It does not look behind a sign.
func (sqliteDialect) write(query string) string {
	return strings.ReplaceAll(query, "LIMIT ?", "LIMIT +?")
}

func sqliteCode(err error) int {
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

// SQLite reports a full disk as FULL, and where it strikes while a file grows, as an I/O error of writing or syncing.
func (sqliteDialect) full(err error) bool {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_TRUNCATE,
		sqlite3.SQLITE_IOERR_SHMSIZE:
		return true
	}
	return false
}

func (sqliteDialect) busy(err error) bool {
	c := sqliteCode(err) & 0xff
	return c == sqlite3.SQLITE_BUSY || c == sqlite3.SQLITE_LOCKED
}

func (sqliteDialect) taken(err error) bool {
	c := sqliteCode(err)
	return c == sqlite3.SQLITE_CONSTRAINT_UNIQUE || c == sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY
}

//go:build race

package kinwardtest

// racing tells that the race detector runs, under which SQLite is ten times slower: the heaviest tests do less then.
const racing = true

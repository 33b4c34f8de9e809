package tui

import "slices"

// list is the left pane: rows, of which one is under the cursor. While somebody moves the cursor the order stays as it
// is, so that no row slips away under it.
type list struct {
	rows   []row
	cursor string // id of the row under the cursor
	top    int    // first row in view
}

// set takes new rows; with keep, rows that were there stay in their order and new ones come on top.
func (l *list) set(rows []row, keep bool) {
	if keep {
		at := make(map[string]int, len(l.rows))
		for i, r := range l.rows {
			at[r.id()] = i + 1
		}
		slices.SortStableFunc(rows, func(a, b row) int { return at[a.id()] - at[b.id()] })
	}
	l.rows = rows
	if l.index() < 0 && len(rows) > 0 {
		l.cursor = rows[min(max(0, l.top), len(rows)-1)].id()
	}
}

// index is where the cursor is, -1 for nowhere.
func (l *list) index() int {
	return slices.IndexFunc(l.rows, func(r row) bool { return r.id() == l.cursor })
}

// current is the row under the cursor.
func (l *list) current() (row, bool) {
	if i := l.index(); i >= 0 {
		return l.rows[i], true
	}
	return row{}, false
}

// move moves the cursor by n rows, as far as there are any.
func (l *list) move(n int) {
	if len(l.rows) > 0 {
		l.cursor = l.rows[min(max(0, l.index()+n), len(l.rows)-1)].id()
	}
}

// next is the row after (n is 1) or before (n is -1) one with the given id that satisfies ok.
func (l *list) next(id string, n int, ok func(row) bool) (row, bool) {
	i := slices.IndexFunc(l.rows, func(r row) bool { return r.id() == id })
	if i < 0 && n < 0 {
		i = len(l.rows)
	}
	for i += n; i >= 0 && i < len(l.rows); i += n {
		if ok(l.rows[i]) {
			return l.rows[i], true
		}
	}
	return row{}, false
}

// window is the rows in view where n fit, with the cursor among them.
func (l *list) window(n int) []row {
	if n <= 0 {
		return nil
	}
	i := max(0, l.index())
	l.top = min(max(l.top, i-n+1), i)
	l.top = max(0, min(l.top, len(l.rows)-n))
	return l.rows[l.top:min(l.top+n, len(l.rows))]
}

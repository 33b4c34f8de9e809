package main

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"

	"kinward/internal/bench"
)

// printTable prints each work as a table: figures down, targets across.
func printTable(w io.Writer, results []bench.Result) {
	for len(results) > 0 {
		n := 1
		for n < len(results) && results[n].Work == results[0].Work && results[n].Setting == results[0].Setting {
			n++
		}
		printWork(w, results[:n])
		results = results[n:]
	}
}

// printWork prints what one work gave on each target. The first is the one that is measured; beside each other stands
// what the first is of it.
func printWork(w io.Writer, results []bench.Result) {
	first := results[0]
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "%s %s\t\t%s", first.Work, first.Setting, first.Target)
	for _, r := range results[1:] {
		fmt.Fprintf(t, "\t%s\tratio", r.Target)
	}
	fmt.Fprintln(t)
	for _, f := range first.Figures {
		fmt.Fprintf(t, "%s\t%s\t%s", f.Name, f.Unit, number(f.Value))
		for _, r := range results[1:] {
			if v, ok := r.Of(f.Name); ok && v != 0 {
				fmt.Fprintf(t, "\t%s\t%.2f", number(v), f.Value/v)
			} else {
				fmt.Fprint(t, "\t–\t–")
			}
		}
		fmt.Fprintln(t)
	}
	_ = t.Flush() // there is nobody to tell where standard output is gone
	for _, r := range results {
		fmt.Fprintf(w, "%s: %s\n", r.Target, r.Faults)
	}
	fmt.Fprintln(w)
}

// number is a value with three digits that count, its thousands apart.
func number(v float64) string {
	switch {
	case v >= 100:
		return thousands(strconv.FormatFloat(v, 'f', 0, 64))
	case v >= 10:
		return strconv.FormatFloat(v, 'f', 1, 64)
	case v >= 1:
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'g', 3, 64)
}

func thousands(digits string) string {
	var b strings.Builder
	for i, c := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	return b.String()
}

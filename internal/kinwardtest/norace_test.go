//go:build !race

package kinwardtest

const racing = false

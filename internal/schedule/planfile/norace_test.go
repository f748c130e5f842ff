//go:build !race

package planfile_test

const raced = false

//go:build !race

package runner

const manyLines = 1_000_000

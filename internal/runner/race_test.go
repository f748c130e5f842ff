//go:build race

package runner

const manyLines = 100_000

//go:build !race

package link

// defaultSeeds is how many trees are simulated if ANSAR_SEEDS is not set.
const defaultSeeds = 500

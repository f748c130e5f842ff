//go:build race

package link

// defaultSeeds is fewer trees under the race detector, which takes ten times
// as long for each.
const defaultSeeds = 200

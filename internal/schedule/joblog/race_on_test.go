//go:build race

package joblog

// raceOn is set where everything takes ten times as long.
const raceOn = true

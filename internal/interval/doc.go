// Package interval computes how long to wait between attempts.
//
// [Steps] describes a sequence of delays: some first ones, then the same one
// again and again, cut off at a limit, and lengthened at random so that many
// who wait do not wake at the same instant. The sequence is exact: a limit of n
// gives n delays, and none gives a delay below the one that was asked for.
//
// The package holds plain values, reads no clock and waits for nothing.
package interval

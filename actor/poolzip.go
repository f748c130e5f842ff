package actor

import (
	"fmt"
	"iter"
	"slices"
)

// LengthError is the error of a [Zip] of sequences that differ in length.
type LengthError struct {
	// Shorter counts the sequences, from 1: the one that ended first.
	Shorter int

	// Length is how many elements it had.
	Length int
}

// Error implements error.
func (e *LengthError) Error() string {
	return fmt.Sprintf("the sequences differ in length: number %d ended after %d elements (to leave the rest out, use ZipShortest)",
		e.Shorter, e.Length)
}

// Zip makes one input of an element of each of two sequences, for [Pool.StarMap].
// If one ends before the other, the last error is a *LengthError. See [Zip3] for three.
func Zip[A, B, I any](a iter.Seq[A], b iter.Seq[B], make func(A, B) I) iter.Seq2[I, error] {
	return zip(a, b, make, true)
}

// ZipShortest is [Zip], but ends with the sequence that ends first.
func ZipShortest[A, B, I any](a iter.Seq[A], b iter.Seq[B], make func(A, B) I) iter.Seq2[I, error] {
	return zip(a, b, make, false)
}

// Zip3 is [Zip] of three sequences.
func Zip3[A, B, C, I any](a iter.Seq[A], b iter.Seq[B], c iter.Seq[C], make func(A, B, C) I) iter.Seq2[I, error] {
	return func(yield func(I, error) bool) {
		nextA, stopA := iter.Pull(a)
		defer stopA()
		nextB, stopB := iter.Pull(b)
		defer stopB()
		nextC, stopC := iter.Pull(c)
		defer stopC()
		var none I
		for count := 0; ; count++ {
			x, okA := nextA()
			y, okB := nextB()
			z, okC := nextC()
			switch {
			case !okA && !okB && !okC:
				return
			case !okA || !okB || !okC:
				yield(none, &LengthError{Shorter: 1 + slices.Index([]bool{okA, okB, okC}, false), Length: count})
				return
			case !yield(make(x, y, z), nil):
				return
			}
		}
	}
}

func zip[A, B, I any](a iter.Seq[A], b iter.Seq[B], make func(A, B) I, strict bool) iter.Seq2[I, error] {
	return func(yield func(I, error) bool) {
		next, stop := iter.Pull(b)
		defer stop()
		var none I
		count := 0
		for x := range a {
			y, ok := next()
			if !ok {
				if strict {
					yield(none, &LengthError{Shorter: 2, Length: count})
				}
				return
			}
			if !yield(make(x, y), nil) {
				return
			}
			count++
		}
		if _, more := next(); more && strict {
			yield(none, &LengthError{Shorter: 1, Length: count})
		}
	}
}

package interval

// most is how many different steps an exponential sequence has at most.
const most = 64

// Exponential gives steps that grow by factor from first up to highest, all in
// seconds, and stay there without end: 0.1, 0.2, 0.4 ... 51.2, 60, 60 for 0.1, 2
// and 60. With a first of zero or less, or a factor that does not grow, every
// step is highest.
func Exponential(first, factor, highest float64) Steps {
	s := Steps{Regular: &highest}
	if !(first > 0) || !(factor > 1) {
		return s
	}
	for step := first; step < highest && len(s.First) < most; step *= factor {
		s.First = append(s.First, step)
	}
	return s
}

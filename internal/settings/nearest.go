package settings

// Nearest returns the candidate that is most like word, by the number of
// letters to insert, remove, replace or swap with their neighbour, and whether
// one is so near that it was probably meant. Of equals the first wins.
func Nearest(word string, candidates []string) (string, bool) {
	best, least := "", 1+max(1, len([]rune(word))/3)
	for _, c := range candidates {
		if d := distance([]rune(word), []rune(c)); d < least {
			best, least = c, d
		}
	}
	return best, best != ""
}

// distance is the Damerau-Levenshtein distance, where no part of a word is
// edited twice.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// didYouMean returns a hint to put behind an error about word, or nothing.
func didYouMean(word, before string, candidates []string) string {
	near, ok := Nearest(word, candidates)
	if !ok {
		return ""
	}
	return " (did you mean " + before + near + "?)"
}

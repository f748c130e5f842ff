package check

// once asks functions of [Options] about each thing once, however many jobs it
// is for: they look into the file system.
func once[K comparable](ask func(K) error) func(K) error {
	if ask == nil {
		return nil
	}
	answers := map[K]error{}
	return func(k K) error {
		err, known := answers[k]
		if !known {
			err = ask(k)
			answers[k] = err
		}
		return err
	}
}

// place is what a command runs or reads, and where it runs.
type place struct{ name, dir string }

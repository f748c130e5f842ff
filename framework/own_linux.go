package framework

// ownExecutable is the program that this process runs, also when its file was
// replaced since.
func ownExecutable() string { return "/proc/self/exe" }

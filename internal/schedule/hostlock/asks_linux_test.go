package hostlock

// systemAsks: this system tells who holds a lock, and that its file was removed.
const systemAsks = true

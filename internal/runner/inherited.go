package runner

import (
	"golang.org/x/sys/unix"

	"github.com/ansar-go/ansar/internal/background"
)

// closeInherited closes the descriptors that somebody above the starter has left
// open by mistake: in the background they would be held for ever, and what waits
// for the end of a pipe would wait for ever. Those of this program are closed on
// exec, and so can be told.
func closeInherited() {
	for _, fd := range background.Inherited() {
		_ = unix.Close(fd)
	}
}

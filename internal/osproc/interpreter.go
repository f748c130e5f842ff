package osproc

import (
	"bytes"
	"encoding/binary"
	"io"
	"os"
)

// interpreter returns what the file at path needs in order to run: "#!/bin/sh"
// of a script, "/lib/ld.so" (its loader) of a dynamic ELF program. It returns
// "" if it needs nothing, or nothing that can be told.
func interpreter(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	head := make([]byte, 4096) // both are found at the beginning
	n, _ := io.ReadFull(f, head)
	head = head[:n]
	if bytes.HasPrefix(head, []byte("#!")) {
		line, _, _ := bytes.Cut(head[2:], []byte("\n"))
		if words := bytes.Fields(line); len(words) > 0 {
			return "#!" + string(words[0])
		}
		return "#!"
	}
	return loader(head)
}

// loader returns the loader that a 64-bit little-endian ELF program asks for.
func loader(head []byte) string {
	const (
		ident        = "\x7fELF\x02\x01"
		headerSize   = 64
		programEntry = 56
		typeInterp   = 3
	)
	if len(head) < headerSize || !bytes.HasPrefix(head, []byte(ident)) {
		return ""
	}
	size := uint64(len(head))
	at := binary.LittleEndian.Uint64(head[32:]) // program headers
	for range binary.LittleEndian.Uint16(head[56:]) {
		if at > size-programEntry {
			return ""
		}
		entry := head[at:]
		if binary.LittleEndian.Uint32(entry) == typeInterp {
			from, length := binary.LittleEndian.Uint64(entry[8:]), binary.LittleEndian.Uint64(entry[32:])
			if from > size || length > size-from {
				return ""
			}
			name, _, _ := bytes.Cut(head[from:from+length], []byte{0})
			return string(name)
		}
		at += programEntry
	}
	return ""
}
